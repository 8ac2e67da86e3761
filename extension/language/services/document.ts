import { type Analysis, analyze, type SectionAnalysis, sectionAt } from '../compile/analysis.ts';
import type * as ast from '../generated/ast.ts';
import { CstUtils, type LangiumDocument, type ParseResult } from '../langium.ts';
import type { Position } from '../lsp.ts';
import type { NameKind } from '../names/name-kind.ts';
import { namesIn, type NameSite } from '../names/name-sites.ts';
import { rangeOfProperty } from '../parse/range.ts';
import type { SourceRange } from '../../scenario/source.ts';

/** Scenarios and names of an open file. */
export function analysisOf(document: LangiumDocument): Analysis {
  return analyze(document.parseResult as ParseResult<ast.Document>, document.textDocument.getText());
}

/** A name under the cursor, with what it stands for. */
export interface NameAt {
  readonly site: NameSite;
  readonly kind: NameKind;
  readonly range: SourceRange;
  readonly scenario: SectionAnalysis;
}

/** The name that the cursor stands in or directly behind. */
export function nameAt(document: LangiumDocument, position: Position): NameAt | undefined {
  const scenario = sectionAt(analysisOf(document), position.line);
  const root = document.parseResult.value.$cstNode;
  if (scenario === undefined || root === undefined) return undefined;
  const offset = document.textDocument.offsetAt(position);
  for (const candidate of [offset, offset - 1]) {
    const node = CstUtils.findLeafNodeAtOffset(root, candidate)?.astNode;
    for (const site of node ? namesIn(node) : []) {
      const range = rangeOf(site);
      const kind = site.declares ? site.kinds[0] : scenario.names.kindOf(site);
      if (kind !== undefined && contains(range, position)) return { site, kind, range, scenario };
    }
  }
  return undefined;
}

/** Where a name stands. */
export function rangeOf(site: NameSite): SourceRange {
  return rangeOfProperty(site.node, site.property, site.index);
}

function contains({ start, end }: SourceRange, { line, character }: Position): boolean {
  return start.line === line && start.character <= character && (end.line > line || character <= end.character);
}
