/** Random scenarios that namespaces can play. */
import { Draw } from './draw.ts';
import { drawKnobs } from './knobs.ts';
import { drawPrograms } from './programs.ts';
import { Timetable } from './timetable.ts';
import { drawRules, drawSettings } from './wire.ts';

/** Which of two readers is first is a matter of chance. */
const WORKER = ['process worker on server { never reads }'];

/** The text of a scenario file with one run. */
export function generate(seed: number): string {
  const draw = new Draw(seed);
  const timetable = new Timetable(draw.int(3000, 6000));
  const connections = draw.pick<readonly [string, ...string[]]>([['conn'], ['conn'], ['conn'], ['conn', 'other']]);
  const settings = drawSettings(draw);
  const knobs = drawKnobs(draw);
  const times = drawPrograms(draw, { timetable, connections });
  drawRules(draw, timetable, times);
  const statements = timetable.lines();
  return [
    `scenario "Seed ${seed}"`,
    ...(settings.later.length > 0 ? [`seed ${seed}`] : []),
    'host client { hz 250 }',
    'host server { hz 250 }',
    'link wire between client and server { delay 5ms }',
    'process web on server',
    'process app on client',
    ...(statements.some((line) => line.endsWith(' web forks worker')) ? WORKER : []),
    ...knobs,
    ...settings.always.map((setting) => `${setting} on wire`),
    'at 0s web listens on 80',
    ...connections.map((name, i) => `at ${(1.2 + 4 * i).toFixed(1)}ms app connects to server:80 as ${name}`),
    // Later round trips are longer than the first by more than a machine's jitter: whether one is the least is no matter of chance.
    'at 33.2ms wire has delay 5.6ms',
    ...settings.later.map((setting) => `at 33.2ms wire has ${setting}`),
    ...statements,
    '',
  ].join('\n');
}
