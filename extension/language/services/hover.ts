import * as l10n from '@vscode/l10n';
import { parseState } from '../compile/words.ts';
import type { LangiumDocument } from '../langium.ts';
import type { Hover, HoverParams } from '../lsp.ts';
import { rangeOf as rangeOfNode, textOf } from '../parse/range.ts';
import { nameAt } from './document.ts';
import {
  flagMeaning,
  optionSummary,
  routeMetricSummary,
  stateMeaning,
  sysctlSummary,
  timersMeaning,
} from './knob-docs.ts';

/** Hover: what a sysctl, option or state means; where a name comes from. Sysctls are told by their names alone, wherever they stand. */
export class ScenarioHoverProvider {
  getHoverContent(document: LangiumDocument, params: HoverParams): Hover | undefined {
    const { line, character } = params.position;
    const found = nameAt(document, params.position);
    if (found !== undefined) {
      const text = describeName(found.scenario.names.declarations(found.kind, found.site.name).map(({ node }) => node));
      return { contents: { kind: 'markdown', value: text }, range: found.range };
    }
    const written = document.textDocument.getText({
      start: { line, character: 0 },
      end: { line: line + 1, character: 0 },
    });
    // Nothing is explained inside texts and comments.
    const text = written.replace(/"(\\.|[^"\\])*"|#.*/g, (quoted) => ' '.repeat(quoted.length));
    for (const match of text.matchAll(/[A-Za-z_]\w*/g)) {
      const end = match.index + match[0].length;
      if (character < match.index || character > end) continue;
      const [word] = match;
      const isState =
        parseState(word) !== undefined && (word !== 'gone' || /\bis\s+$/.test(text.slice(0, match.index)));
      const value =
        sysctlSummary(word) ??
        optionSummary(word) ??
        routeMetricSummary(word) ??
        flagMeaning(word) ??
        timersMeaning(word) ??
        (isState ? stateMeaning(word) : undefined);
      if (value === undefined) return undefined;
      const range = { start: { line, character: match.index }, end: { line, character: end } };
      return { contents: { kind: 'markdown', value }, range };
    }
    return undefined;
  }
}

function describeName(declarations: readonly Parameters<typeof rangeOfNode>[0][]): string {
  return declarations
    .map((node) => {
      const statement = node.$type === 'Connects' && node.$container ? node.$container : node;
      const code = node.$type === 'Part' ? textOf(node).replace(/\s*\{.*$/, '') : textOf(statement);
      return `\`\`\`tcpscn\n${code}\n\`\`\`\n${l10n.t('declared in line {0}', rangeOfNode(node).start.line + 1)}`;
    })
    .join('\n\n');
}
