/** What random programs do: they send, set options, stop reading, and end in some way. */
import type { Draw } from './draw.ts';
import type { Timetable } from './timetable.ts';

const PROGRAMS = ['app', 'web'] as const;
type Program = (typeof PROGRAMS)[number];

const SIZES = [
  1, 10, 100, 100, 500, 536, 1000, 1448, 1449, 1460, 2000, 2896, 3000, 5000, 8000, 14_480, 20_000, 30_000,
] as const;

/** An option on a live connection: how often, and the statements. */
const OPTIONS: readonly (readonly [probability: number, of: (draw: Draw) => readonly [string, ...string[]]])[] = [
  [0.2, () => ['TCP_NODELAY']],
  [0.12, (draw) => ['SO_KEEPALIVE', 'TCP_KEEPIDLE = 1s', 'TCP_KEEPINTVL = 1s', `TCP_KEEPCNT = ${draw.int(1, 3)}`]],
  [0.15, (draw) => [`TCP_USER_TIMEOUT = ${draw.pick([300, 700, 1500])}ms`]],
  [0.12, (draw) => [`TCP_QUICKACK${draw.pick(['', ' = 0'])}`]],
  [0.15, (draw) => [`SO_RCVBUF = ${draw.pick([2000, 4096, 20_000, 100_000])} B`]],
  [0.08, (draw) => [`SO_SNDBUF = ${draw.pick([4608, 20_000])} B`]],
  [0.05, (draw) => [`TCP_NOTSENT_LOWAT = ${draw.pick([1000, 10_000])} B`]],
];

export interface Actors {
  readonly connections: readonly [string, ...string[]];
  readonly timetable: Timetable;
}

/** @returns when something is sent: what disturbs it is best near it. ms */
export function drawPrograms(draw: Draw, actors: Actors): readonly number[] {
  const last = { app: drawEnd(draw, actors, 'app'), web: drawEnd(draw, actors, 'web') };
  const times = drawSending(draw, actors, last);
  for (const program of PROGRAMS) {
    drawOptions(draw, actors, program, last[program]);
    drawReading(draw, actors, program, last[program], times);
  }
  return times;
}

/** How a program's end of the first connection ends, if it does. @returns when */
function drawEnd(draw: Draw, { timetable }: Actors, program: Program): number {
  if (draw.chance(0.4)) return timetable.end;
  const time = draw.int(400, timetable.end - 500);
  const kind = draw.pick(['closes', 'closes', 'half', 'half', 'dies', 'aborts', 'lingers', 'forks']);
  switch (kind) {
    case 'dies':
      timetable.put(time, `${program} is killed`);
      return time;
    case 'half':
      timetable.put(time, `${program} shuts down writing on conn`);
      if (draw.chance(0.4)) timetable.put(time + draw.int(20, 900), `${program} closes conn`);
      return time;
    case 'aborts':
      timetable.put(time - 20, `${program} sets SO_LINGER = 0s on conn`);
      break;
    case 'lingers':
      timetable.put(time - 20, `${program} sets SO_LINGER = ${draw.pick([1, 2])}s on conn`);
      break;
    case 'forks':
      if (program === 'web') timetable.put(time - draw.int(40, 200), 'web forks worker');
      break;
    case 'closes':
      if (draw.chance(0.3)) timetable.put(time - 40, `${program} sets TCP_LINGER2 = ${draw.pick([1, 2])}s on conn`);
      break;
  }
  timetable.put(time, `${program} closes conn`);
  if (kind === 'forks' && program === 'web')
    timetable.put(time + draw.int(20, 900), draw.pick(['worker closes conn', 'worker is killed']));
  return time;
}

function drawSending(draw: Draw, { timetable, connections }: Actors, last: Record<Program, number>): readonly number[] {
  const times: number[] = [];
  let time = draw.int(48, 500);
  for (let left = draw.int(2, 9); left > 0; left--) {
    const program = draw.chance(0.65) ? 'app' : 'web';
    if (time < last[program] - 10) {
      const more = draw.chance(0.1) ? ' with MSG_MORE' : '';
      timetable.put(time, `${program} sends ${draw.pick(SIZES)} B on ${draw.pick(connections)}${more}`);
      times.push(time);
    }
    time += draw.chance(0.4) ? draw.int(8, 60) : draw.chance(0.5) ? draw.int(60, 400) : draw.int(300, 1200);
  }
  return times;
}

function drawOptions(draw: Draw, { timetable }: Actors, program: Program, last: number): void {
  const before = (): number => draw.int(40, Math.max(50, Math.min(last, timetable.end) - 60));
  const set = (option: string): string => `${program} sets ${option} on conn`;
  for (const [probability, of] of OPTIONS) if (draw.chance(probability)) timetable.put(before(), ...of(draw).map(set));
  if (!draw.chance(0.12)) return;
  const corked = before();
  timetable.put(corked, set('TCP_CORK'));
  const uncorked = corked + draw.int(20, 290);
  if (draw.chance(0.6) && uncorked < last - 10) timetable.put(uncorked, set('TCP_CORK = 0'));
}

function drawReading(
  draw: Draw,
  { timetable }: Actors,
  program: Program,
  last: number,
  times: readonly number[],
): void {
  if (draw.chance(0.05)) timetable.put(draw.int(40, Math.max(50, last - 60)), `${program} shuts down reading on conn`);
  const [first = 0] = times;
  if (!draw.chance(0.15)) return;
  const stops = Math.max(40, draw.pick([first, ...times]) - draw.int(8, 100));
  const resumes = stops + draw.int(50, 1500);
  if (stops >= last - 20) return;
  timetable.put(stops, `${program} stops reading conn`);
  if (draw.chance(0.8) && resumes < last - 20) timetable.put(resumes, `${program} resumes reading conn`);
}
