/** The state table: what each end's kernel holds, and which of it has just changed. */
import * as l10n from '@vscode/l10n';
import { durationText, momentText } from '../../extension/trace/diagram/duration.ts';
import { timerTitle, verdict } from '../../extension/trace/explain/index.ts';
import type { EndState, World } from '../../extension/trace/world.ts';
import { congestionState, variable } from '../../extension/trace/world.ts';
import type { Cursor, RunView } from './run-view.ts';

export interface StateRow {
  readonly name: string;
  /** RFC and kernel names stand in the editor's font. */
  readonly code: boolean;
  /** May need two lines: has them always, so that nothing jumps. */
  readonly tall: boolean;
  /** One per end, the opener first. */
  readonly cells: readonly StateCell[];
}

export interface StateCell {
  readonly text: string;
  readonly changed: boolean;
}

const NOTHING = '–';
const NO_THRESHOLD = 2 ** 31 - 1;

interface Side {
  readonly end: EndState;
  readonly iss: number;
  readonly otherIss: number;
  readonly time: number;
  readonly lastArrival: number | undefined;
}

interface Definition {
  readonly name: () => string;
  readonly code?: true;
  /** Known after the end is gone, too: its program has been told, or somebody has seen it. */
  readonly outlives?: true;
  readonly value: (side: Side) => string;
}

const relative = (value: number, base: number): string =>
  base < 0 || value === 0 ? NOTHING : String((((value - base) % 2 ** 32) + 2 ** 32) % 2 ** 32);
const duration = (us: number): string => (us === 0 ? NOTHING : durationText(us));

const ROWS: readonly Definition[] = [
  { name: () => 'SND.UNA', code: true, value: ({ end, iss }) => relative(variable(end, 'snd.una'), iss) },
  { name: () => 'SND.NXT', code: true, value: ({ end, iss }) => relative(variable(end, 'snd.nxt'), iss) },
  { name: () => 'RCV.NXT', code: true, value: ({ end, otherIss }) => relative(variable(end, 'rcv.nxt'), otherIss) },
  { name: () => 'SRTT', code: true, value: ({ end }) => duration(variable(end, 'srtt')) },
  { name: () => 'RTO', code: true, value: ({ end }) => duration(variable(end, 'rto')) },
  { name: () => l10n.t('retransmits'), value: ({ end }) => String(variable(end, 'retransmits')) },
  { name: () => l10n.t('probes out'), value: ({ end }) => String(variable(end, 'probes_out')) },
  {
    name: () => 'cwnd',
    code: true,
    value: ({ end }) => {
      const threshold = variable(end, 'ssthresh');
      const cwnd = variable(end, 'cwnd');
      if (cwnd === 0) return NOTHING;
      return threshold === 0 || threshold >= NO_THRESHOLD ? String(cwnd) : `${cwnd} / ${threshold}`;
    },
  },
  { name: () => l10n.t('in flight'), value: ({ end }) => String(variable(end, 'in_flight')) },
  {
    name: () => l10n.t('loss recovery'),
    value: ({ end }) => congestionState(end),
  },
  { name: () => l10n.t('timer'), value: timers },
  {
    name: () => l10n.t('last received'),
    outlives: true,
    value: ({ lastArrival }) => (lastArrival === undefined ? NOTHING : momentText(lastArrival)),
  },
  { name: () => l10n.t('last error'), outlives: true, value: ({ end }) => end.error ?? l10n.t('none') },
];

/** All rows at the cursor. Always the same number, so that nothing jumps. */
export function stateRows(view: RunView, connection: number, cursor: Cursor): readonly StateRow[] {
  const world = view.world(cursor);
  const now = sides(view, connection, cursor, world);
  const before = sides(view, connection, cursor, view.worldBefore(cursor));
  const rows = ROWS.map((row) => ({
    name: row.name(),
    code: row.code === true,
    tall: row.value === timers,
    cells: now.map((side, i) => {
      const text = cellText(row, side);
      // What is left of a timer always changes: only another timer or deadline counts. What went with its end is no change.
      const differs = row.value === timers ? timerKey(side) !== timerKey(before[i]) : text !== cellText(row, before[i]);
      const changed = differs && (side?.end.exists === true || row.outlives === true);
      return { text, changed };
    }),
  }));
  const stateNow = view.trace.connection(connection).sides.map(({ end }) => stateText(world.ends.get(end)));
  return [
    {
      name: l10n.t('state'),
      code: false,
      tall: false,
      cells: stateNow.map((text, i) => ({ text, changed: now[i]?.end.state !== before[i]?.end.state })),
    },
    ...rows,
    {
      name: l10n.t('belief and truth'),
      code: false,
      tall: false,
      cells: now.map((_, i) => ({ text: beliefText(view, connection, i, world), changed: false })),
    },
  ];
}

function sides(view: RunView, connection: number, cursor: Cursor, world: World): readonly (Side | undefined)[] {
  const { sides: both } = view.trace.connection(connection);
  return both.map(({ end: place, iss }, i) => {
    const end = world.ends.get(place);
    // A host without power has forgotten everything.
    if (end === undefined || end.goneBecause === 'host-off') return undefined;
    return {
      end,
      iss,
      otherIss: (both[1 - i] as { iss: number }).iss,
      time: view.time(cursor),
      lastArrival: view.lastArrival(place, view.shownEvent(cursor)),
    };
  });
}

function cellText(row: Definition, side: Side | undefined): string {
  return side === undefined || (!side.end.exists && row.outlives !== true) ? NOTHING : row.value(side);
}

function stateText(end: EndState | undefined): string {
  if (end === undefined) return NOTHING;
  return end.exists ? end.state : l10n.t('gone');
}

/** What an end takes itself for, held against the truth. */
function beliefText(view: RunView, connection: number, side: number, world: World): string {
  const place = view.trace.connection(connection).sides[side]?.end ?? -1;
  const end = world.ends.get(place);
  if (end === undefined) return NOTHING;
  if (!end.exists) return l10n.t('gone');
  const { truth, halfOpen } = verdict(view.trace, world, place);
  if (halfOpen) return l10n.t('half-open');
  if (truth === 'host-frozen') return l10n.t('peer frozen');
  return truth === 'unreachable' ? l10n.t('cut off') : l10n.t('as it is');
}

function timers({ end, time }: Side): string {
  if (end.timers.size === 0) return NOTHING;
  return [...end.timers]
    .sort(([, a], [, b]) => a - b)
    .map(([name, deadline]) => `${timerTitle(name)}\n${l10n.t('{0} left', durationText(Math.max(0, deadline - time)))}`)
    .join('\n');
}

function timerKey(side: Side | undefined): string {
  return side?.end.exists !== true ? '' : [...side.end.timers].map((entry) => entry.join(' ')).join();
}
