/** The least of a scenario that still differs. */
import type { Lab } from '../lab.ts';
import { judge, placeOf, planOfText, take } from './outcome.ts';
import type { Work } from './pool.ts';

/** Lines without which there is no scenario. */
const FRAME = /^(scenario|seed|host|link|process|run) |^at [\d.]+m?s (web listens|app connects)/;

/**
 * Leaves out each line that is not needed for a difference of the same kind, as long as there is one.
 * @param place the difference, as `placeOf` says it
 * @param all carries out jobs at the same time
 */
export async function shrink(lab: Lab, name: string, text: string, place: string, all: Work): Promise<string> {
  const stillDiffers = async (lines: readonly string[]): Promise<boolean> => {
    try {
      const plan = planOfText(lines.join('\n'));
      const outcome = judge(plan, await take(lab, name, plan));
      return outcome.verdict === 'always' && kindOf(placeOf(outcome)) === kindOf(place);
    } catch {
      // A statement is left without what it is about.
      return false;
    }
  };
  for (let lines = text.split('\n'); ;) {
    const removable = lines.flatMap((line, i) => (line === '' || FRAME.test(line) ? [] : [i]));
    const verdicts = await all(removable.map((i) => () => stillDiffers(lines.filter((_, j) => j !== i))));
    const needless = removable.filter((_, n) => verdicts[n]);
    const [first] = needless;
    if (first === undefined) return lines.join('\n');
    // What is needless alone is mostly so together.
    const rest = lines.filter((_, i) => !needless.includes(i));
    lines = needless.length > 1 && (await stillDiffers(rest)) ? rest : lines.filter((_, i) => i !== first);
  }
}

/** Without the number of the row, which falls with every line that is left out. */
function kindOf(place: string): string {
  return place.replace(/ \d+$/, '');
}
