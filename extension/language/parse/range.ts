import type { AstNode, CstNode } from '../langium.ts';
import { GrammarUtils } from '../langium.ts';
import type { SourceRange } from '../../scenario/source.ts';

const NOWHERE: SourceRange = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function ofCst(cst: CstNode | undefined): SourceRange | undefined {
  if (cst === undefined) return undefined;
  const { start, end } = cst.range;
  return {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
}

/** Where a node stands in its text. */
export function rangeOf(node: AstNode): SourceRange {
  return ofCst(node.$cstNode) ?? (node.$container ? rangeOf(node.$container) : NOWHERE);
}

/** Where a property of a node stands, or the node where it cannot be told. */
export function rangeOfProperty(node: AstNode, property: string, index?: number): SourceRange {
  return ofCst(GrammarUtils.findNodeForProperty(node.$cstNode, property, index)) ?? rangeOf(node);
}

/** Where a keyword of a node stands, or the node where it cannot be told. */
export function rangeOfKeyword(node: AstNode, keyword: string): SourceRange {
  return ofCst(GrammarUtils.findNodeForKeyword(node.$cstNode, keyword)) ?? rangeOf(node);
}

/** The first line of a block: from its beginning to the end of `last`, its name or title. */
export function rangeOfHeading(node: AstNode, last: string): SourceRange {
  return { start: rangeOf(node).start, end: rangeOfProperty(node, last).end };
}

/** The text of a node as written, with columns that were aligned by blanks drawn together. */
export function textOf(node: AstNode): string {
  return (node.$cstNode?.text ?? '')
    .replace(/("(?:\\.|[^"\\\r\n])*")|\s+/g, (_, quoted?: string) => quoted ?? ' ')
    .trim();
}
