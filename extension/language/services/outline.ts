import { analysisOf } from './document.ts';
import type * as ast from '../generated/ast.ts';
import type { LangiumDocument } from '../langium.ts';
import { type DocumentSymbol, type FoldingRange, SymbolKind } from '../lsp.ts';
import { rangeOf, rangeOfProperty } from '../parse/range.ts';

/** Scenario > hosts, links, processes, parts, variants > what stands in them under a name. */
export class ScenarioSymbolProvider {
  getSymbols(document: LangiumDocument): DocumentSymbol[] {
    const { sections } = analysisOf(document);
    return sections.map(({ section }, index) => {
      const start = rangeOf(section.heading).start;
      const next = sections[index + 1]?.firstLine;
      const end =
        next === undefined
          ? document.textDocument.positionAt(document.textDocument.getText().length)
          : { line: next - 1, character: Number.MAX_SAFE_INTEGER % 2 ** 31 };
      return {
        name: section.heading.title || '…',
        kind: SymbolKind.Module,
        range: { start, end },
        selectionRange: rangeOf(section.heading),
        children: section.statements.flatMap(symbolsOf),
      };
    });
  }
}

function symbolsOf(node: ast.Statement): DocumentSymbol[] {
  const symbol = (name: string, property: string, kind: SymbolKind, detail?: string): DocumentSymbol => ({
    name: name || '…',
    kind,
    range: rangeOf(node),
    selectionRange: rangeOfProperty(node, property),
    ...(detail === undefined ? {} : { detail }),
  });
  switch (node.$type) {
    case 'HostDecl':
      return [symbol(node.name, 'name', SymbolKind.Object, 'host')];
    case 'LinkDecl':
      return [symbol(node.name, 'name', SymbolKind.Interface, `link ${node.hostA} – ${node.hostB}`)];
    case 'MiddleboxDecl':
      return [symbol(node.name, 'name', SymbolKind.Interface, `${node.kind} on ${node.link}`)];
    case 'ProcessDecl':
      return [symbol(node.name, 'name', SymbolKind.Class, `process on ${node.host}`)];
    case 'Let':
      return [symbol(node.name, 'name', SymbolKind.Constant, (node as Partial<ast.Let>).value?.$cstNode?.text ?? '')];
    case 'Timed': {
      const own = node.moment === undefined ? [] : [symbol(node.moment, 'moment', SymbolKind.Event, 'moment')];
      const { action } = node as Partial<ast.Timed>;
      if (action?.$type !== 'Connects') return own;
      const range = { range: rangeOf(node), selectionRange: rangeOfProperty(action, 'opened') };
      return [{ name: action.opened || '…', detail: 'connection', kind: SymbolKind.Variable, ...range }, ...own];
    }
    case 'Part':
      return [
        { ...symbol(node.name, 'name', SymbolKind.Namespace, 'part'), children: node.statements.flatMap(symbolsOf) },
      ];
    case 'Variant':
      return [
        { ...symbol(node.title, 'title', SymbolKind.Method, 'variant'), children: node.statements.flatMap(symbolsOf) },
      ];
    default:
      return [];
  }
}

/** Scenarios and blocks fold. */
export class ScenarioFoldingProvider {
  getFoldingRanges(document: LangiumDocument): FoldingRange[] {
    const { sections } = analysisOf(document);
    const lastLine = document.textDocument.lineCount - 1;
    const folds: FoldingRange[] = [];
    for (const [index, { section, firstLine }] of sections.entries()) {
      const endLine = (sections[index + 1]?.firstLine ?? lastLine + 1) - 1;
      folds.push({ startLine: firstLine, endLine });
      for (const statement of section.statements) {
        const { start, end } = rangeOf(statement);
        if (end.line > start.line + 1) folds.push({ startLine: start.line, endLine: end.line - 1 });
      }
    }
    return folds;
  }
}
