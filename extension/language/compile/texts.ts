import type { LocalizedText } from '../../scenario/source.ts';
import type * as ast from '../generated/ast.ts';
import { rangeOf } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import type { ProblemList } from '../problems/problem.ts';
import type { Section } from './section.ts';

/** What is written for people about a scenario. */
export interface ScenarioTexts {
  readonly scenario: LocalizedText;
  readonly question?: LocalizedText;
  readonly takeaway?: LocalizedText;
}

/** Title, question and take-away of a scenario with their translations. */
export function scenarioTexts(section: Section, problems: ProblemList): ScenarioTexts {
  const texts = collect(section.body, problems);
  const translated = texts.get('title zh-cn');
  const english = texts.get('title');
  if (english !== undefined) problems.add(messages.repeatedText('title'), rangeOf(english));
  for (const block of [...section.parts, ...section.variants]) {
    for (const statement of block.statements) {
      if (statement.$type !== 'Text') continue;
      const misplaced = statement.kind === 'title' || block.$type === 'Part';
      if (misplaced) problems.add(messages.misplacedText(statement.kind), rangeOf(statement));
    }
  }
  const title = section.heading.title;
  return {
    scenario: translated ? { en: title, 'zh-cn': translated.text } : { en: title },
    ...textsOf(section.body, problems),
  };
}

/** The question and the take-away that stand in a block. */
export function textsOf(
  statements: readonly ast.BlockStatement[],
  problems: ProblemList,
): Pick<ScenarioTexts, 'question' | 'takeaway'> {
  const texts = collect(statements, problems);
  const question = localized(texts, 'question');
  const takeaway = localized(texts, 'takeaway');
  return { ...(question ? { question } : {}), ...(takeaway ? { takeaway } : {}) };
}

function localized(texts: ReadonlyMap<string, ast.Text>, kind: string): LocalizedText | undefined {
  const english = texts.get(kind)?.text;
  const chinese = texts.get(`${kind} zh-cn`)?.text;
  if (english === undefined) return chinese === undefined ? undefined : { en: chinese, 'zh-cn': chinese };
  return chinese === undefined ? { en: english } : { en: english, 'zh-cn': chinese };
}

function collect(statements: readonly ast.BlockStatement[], problems: ProblemList): Map<string, ast.Text> {
  const texts = new Map<string, ast.Text>();
  for (const statement of statements) {
    if (statement.$type !== 'Text') continue;
    const key = statement.language === undefined ? statement.kind : `${statement.kind} ${statement.language}`;
    if (texts.has(key)) problems.add(messages.repeatedText(key), rangeOf(statement));
    texts.set(key, statement);
  }
  return texts;
}
