/** The state table: what each end's kernel holds, and which of it has just changed. */
import * as l10n from '@vscode/l10n';
import { durationText, momentText } from '../../extension/trace/diagram/duration.ts';
import type { PlaceId } from '../../extension/trace/event.ts';
import type { TimerName } from '../../extension/trace/schema.ts';
import type { EndState, World } from '../../extension/trace/world.ts';
import { variable } from '../../extension/trace/world.ts';
import type { Cursor, RunView } from './run-view.ts';
import { beliefOf, truths } from './verdict.ts';
import type { EndTruth } from './verdict.ts';

export interface StateRow {
  readonly name: string;
  /** RFC and kernel names stand in the editor's font. */
  readonly code: boolean;
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
  readonly truth: EndTruth;
  readonly end: EndState;
  readonly iss: number;
  readonly otherIss: number;
  readonly time: number;
  readonly lastArrival: number | undefined;
}

interface Definition {
  readonly name: () => string;
  readonly code?: true;
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
  { name: () => l10n.t('timer'), value: timers },
  {
    name: () => l10n.t('last received'),
    value: ({ lastArrival }) => (lastArrival === undefined ? NOTHING : momentText(lastArrival)),
  },
  { name: () => l10n.t('last error'), value: ({ end }) => end.error ?? l10n.t('none') },
];

/** All rows at the cursor. Always the same number, so that nothing jumps. */
export function stateRows(view: RunView, connection: number, cursor: Cursor): readonly StateRow[] {
  const now = sides(view, connection, cursor, view.world(cursor));
  const before = sides(view, connection, cursor, view.worldBefore(cursor));
  const truth = truths(view, connection, cursor);
  const rows = ROWS.map((row) => ({
    name: row.name(),
    code: row.code === true,
    cells: now.map((side, i) => {
      const was = before[i];
      const text = side === undefined ? NOTHING : row.value(side);
      // What is left of a timer always changes: only another timer or deadline counts.
      const old = was === undefined ? NOTHING : row.value(was);
      return { text, changed: row.value === timers ? timerKey(side) !== timerKey(was) : text !== old };
    }),
  }));
  const stateNow = now.map((side, i) => stateText(side, truth[i]));
  const stateBefore = before.map((side) => side?.end.state ?? NOTHING);
  return [
    {
      name: l10n.t('state'),
      code: false,
      cells: stateNow.map((text, i) => ({
        text,
        changed: (now[i]?.end.state ?? NOTHING) !== stateBefore[i],
      })),
    },
    ...rows,
    {
      name: l10n.t('belief and truth'),
      code: false,
      cells: truth.map((own, i) => ({ text: beliefText(own, truth[1 - i] as EndTruth), changed: false })),
    },
  ];
}

function sides(view: RunView, connection: number, cursor: Cursor, world: World): readonly (Side | undefined)[] {
  const { sides: both } = view.trace.connection(connection);
  const truth = truths(view, connection, cursor);
  return both.map(({ end: place, iss }, i) => {
    const end = world.ends.get(place);
    if (end === undefined || !end.exists) return undefined;
    return {
      truth: truth[i] as EndTruth,
      end,
      iss,
      otherIss: (both[1 - i] as { iss: number }).iss,
      time: view.time(cursor),
      lastArrival: view.lastArrival(place as PlaceId, view.shownEvent(cursor)),
    };
  });
}

function stateText(side: Side | undefined, truth: EndTruth | undefined): string {
  if (side !== undefined) return side.end.state;
  return truth?.end === undefined ? NOTHING : l10n.t('gone');
}

export function beliefText(own: EndTruth, other: EndTruth): string {
  switch (beliefOf(own, other)) {
    case 'half-open':
      return l10n.t('half-open');
    case 'cut-off':
      return l10n.t('cut off, does not know');
    case 'gone':
      return own.hostOn ? l10n.t('gone') : l10n.t('no power');
    case 'agrees':
      return l10n.t('as it is');
    case 'none':
      return NOTHING;
  }
}

function timers({ end, time }: Side): string {
  if (end.timers.size === 0) return NOTHING;
  return [...end.timers]
    .sort(([, a], [, b]) => a - b)
    .map(([name, deadline]) => l10n.t('{0}, {1} left', timerName(name), durationText(Math.max(0, deadline - time))))
    .join('; ');
}

function timerKey(side: Side | undefined): string {
  return side === undefined ? '' : [...side.end.timers].map((entry) => entry.join(' ')).join();
}

/** A timer's name for people. */
export function timerName(name: TimerName): string {
  switch (name) {
    case 'retransmission':
      return l10n.t('retransmission');
    case 'tail-loss-probe':
      return l10n.t('tail loss probe');
    case 'persist':
      return l10n.t('persist');
    case 'delayed-ack':
      return l10n.t('delayed ACK');
    case 'keepalive':
      return l10n.t('keepalive');
    case 'fin-wait-2':
      return 'FIN_WAIT_2';
    case 'time-wait':
      return 'TIME_WAIT';
    case 'syn-ack':
      return 'SYN, ACK';
  }
}
