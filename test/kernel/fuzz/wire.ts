/** What a random wire does to segments. */
import type { Draw } from './draw.ts';
import type { Timetable } from './timetable.ts';

const CLASSES = ['data segment', 'data segment', 'data segment', 'ACK', 'ACK', 'FIN', 'segment'] as const;
const DELAYS = [4, 8, 12, 20, 40, 100, 240, 320] as const;

/** @returns settings from the beginning, as they stand in the link's block */
export function drawSettings(draw: Draw): readonly string[] {
  const settings: string[] = [];
  if (draw.chance(0.08)) settings.push(`loss ${draw.pick([2, 5, 10])}%`);
  if (draw.chance(0.08)) settings.push(`duplication ${draw.pick([3, 10])}%`);
  if (draw.chance(0.08)) settings.push(`reordering ${draw.pick([5, 15])}% by ${draw.pick([3, 7])}ms`);
  if (draw.chance(0.06)) settings.push(`mtu ${draw.pick([576, 1000, 1400])} B`);
  return settings;
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
