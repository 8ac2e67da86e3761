/** What a random wire does to segments. */
import type { Draw } from './draw.ts';
import type { Timetable } from './timetable.ts';

const CLASSES = ['data segment', 'data segment', 'data segment', 'ACK', 'ACK', 'FIN', 'segment'] as const;
/** ms: what is held up does not come just when something else does. */
const DELAYS = [4.3, 8.3, 12.3, 20.3, 40.3, 100.3, 240.3, 320.3] as const;

/** Settings from the beginning, and those that begin when the connections are open. */
export interface WireSettings {
  readonly always: readonly string[];
  readonly later: readonly string[];
}

export function drawSettings(draw: Draw): WireSettings {
  const later: string[] = [];
  if (draw.chance(0.08)) later.push(`loss ${draw.pick([2, 5, 10])}%`);
  if (draw.chance(0.08)) later.push(`duplication ${draw.pick([3, 10])}%`);
  if (draw.chance(0.08)) later.push(`reordering ${draw.pick([5, 15])}% by ${draw.pick([3.3, 7.3])}ms`);
  return { always: draw.chance(0.06) ? [`mtu ${draw.pick([576, 1000, 1400])} B`] : [], later };
}

/** Statements such as `drops the next ACK`, and cuts, near what is sent. @param times ms */
export function drawRules(draw: Draw, timetable: Timetable, times: readonly number[]): void {
  const near = (): number =>
    Math.max(
      36,
      (times.length === 0 ? draw.int(60, timetable.end - 1200) : draw.pick([times[0] ?? 0, ...times])) -
        draw.int(4, 40),
    );
  for (let left = draw.int(0, 4); left > 0; left--) {
    const side = draw.pick(['client', 'client', 'server']);
    if (draw.chance(0.2)) timetable.put(36, `wire drops segment ${draw.int(1, 12)} from ${side}`);
    else timetable.put(near(), `wire ${drawEffect(draw, side)}`);
  }
  if (!draw.chance(0.25)) return;
  const cut = near();
  const from = draw.pick(['', ' from client', ' from server']);
  timetable.put(cut, `wire is cut${from}`);
  timetable.put(cut + draw.int(100, 2000), `wire is restored${from}`);
}

function drawEffect(draw: Draw, side: string): string {
  const many = draw.int(1, 3);
  const kind = draw.pick(CLASSES);
  const what = many === 1 || draw.chance(0.5) ? `the next ${kind}` : `the next ${many} ${kind}s`;
  const effect = draw.pick(['drops', 'drops', 'drops', 'duplicates', 'delays']);
  return `${effect} ${what} from ${side}${effect === 'delays' ? ` by ${draw.pick(DELAYS)}ms` : ''}`;
}
