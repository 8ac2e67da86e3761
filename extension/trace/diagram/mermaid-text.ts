/** Lines of the diagram as the text of a Mermaid sequence diagram, and which statement of it draws which line. */
import type { PlaceId } from '../event.ts';
import type { Trace } from '../trace.ts';
import { mermaidLabel } from './escape.ts';
import { momentText } from './duration.ts';
import { rowLabel } from './labels.ts';
import type { DisplayRow, NoteRow, SegmentRow, StateNote } from './row.ts';

/** What one statement draws. Mermaid numbers its drawings by statement: number n is `statements[n]`. */
export interface Statement {
  /** Index into the lines that were given. */
  readonly row: number;
  /** `state`: a note beside an arrow, at the lifeline of `host`. */
  readonly part: 'message' | 'note' | 'state';
  readonly host?: PlaceId;
}

export interface MermaidText {
  readonly text: string;
  readonly statements: readonly Statement[];
  /** The hosts, left to right: participant `h0` and on. */
  readonly hosts: readonly PlaceId[];
}

export interface MermaidOptions {
  /** Writes the time into every label: for a diagram that leaves the panel. */
  readonly times?: boolean;
  /** Breaks labels into more and shorter lines. */
  readonly compact?: boolean;
}

/** The hosts of a trace in the order of the file. */
export function hostsOf(trace: Trace): readonly PlaceId[] {
  return trace.places.flatMap((place, id) => (place.kind === 'host' ? [id] : []));
}

export function mermaidText(trace: Trace, rows: readonly DisplayRow[], options: MermaidOptions = {}): MermaidText {
  const hosts = hostsOf(trace);
  const lines = ['sequenceDiagram', ...hosts.map((host, i) => `  participant h${i} as ${participant(trace, host)}`)];
  const statements: Statement[] = [];
  const alias = (host: PlaceId): string => `h${Math.max(0, hosts.indexOf(host))}`;
  const all = hosts.length > 1 ? `h0,h${hosts.length - 1}` : 'h0';

  for (const [index, row] of rows.entries()) {
    const time = options.times === true ? `${mermaidLabel(momentText(row.time))}  ` : '';
    const label = `${time}${rowLabel(trace, row, options.compact)
      .filter((line) => line !== '')
      .map((line) => mermaidLabel(line))
      .join('<br/>')}`;
    if (row.kind === 'segment') {
      lines.push(`  ${alias(row.from)}${arrow(row)}${alias(row.to)}: ${label}`);
      statements.push({ row: index, part: 'message' });
    } else {
      const at = row.kind === 'note' && row.hosts.length > 0 ? row.hosts.map(alias).join(',') : all;
      lines.push(`  Note over ${at}: ${label}`);
      statements.push({ row: index, part: 'note' });
    }
    if (row.kind !== 'segment' && row.kind !== 'note') continue;
    for (const [host, notes] of byHost(row.states)) {
      const names = notes.map((note) => mermaidLabel(trace.eventOf('tcp.state', note.event).to)).join('<br/>');
      lines.push(`  Note ${sideOf(row, hosts.indexOf(host), hosts)} of ${alias(host)}: ${names}`);
      statements.push({ row: index, part: 'state', host });
    }
  }
  return { text: `${lines.join('\n')}\n`, statements, hosts };
}

/** Outside the arrow; beside a lifeline on its own, on the side where there is room. */
function sideOf(row: SegmentRow | NoteRow, host: number, hosts: readonly PlaceId[]): 'left' | 'right' {
  const other =
    row.kind === 'segment' ? hosts.find((id, i) => i !== host && (id === row.from || id === row.to)) : undefined;
  const outward = other === undefined ? host === 0 : host < hosts.indexOf(other);
  return outward ? 'left' : 'right';
}

/** A name that Mermaid would show as nothing is shown as a dash. */
function participant(trace: Trace, host: PlaceId): string {
  const name = mermaidLabel(trace.placeName(host));
  return name === '' ? '–' : name;
}

/** A cross where it got lost or was thrown away, an open head where nobody knows yet. */
function arrow(row: SegmentRow): string {
  switch (row.outcome.kind) {
    case 'delivered':
      return '->>';
    case 'dropped':
      return '--x';
    case 'ignored':
      return '-x';
    case 'in-flight':
      return '-)';
  }
}

function byHost(states: readonly StateNote[]): ReadonlyMap<PlaceId, readonly StateNote[]> {
  const result = new Map<PlaceId, StateNote[]>();
  for (const note of states) result.set(note.host, [...(result.get(note.host) ?? []), note]);
  return result;
}
