import * as l10n from '@vscode/l10n';
import { compileParsed } from '../compile/compile-document.ts';
import type * as ast from '../generated/ast.ts';
import { DefaultDocumentValidator, type LangiumDocument, type ParseResult } from '../langium.ts';
import { type CodeAction, type CodeActionParams, type Diagnostic, DiagnosticSeverity, DiagnosticTag } from '../lsp.ts';
import type { Problem, Severity } from '../problems/problem.ts';

/** Diagnostics are the compiler's problems, nothing else: editor, command line and tests say the same. */
export class ScenarioValidator extends DefaultDocumentValidator {
  override validateDocument(document: LangiumDocument): Promise<Diagnostic[]> {
    const text = document.textDocument.getText();
    const { problems } = compileParsed(document.parseResult as ParseResult<ast.Document>, text);
    return Promise.resolve(problems.map((problem) => toDiagnostic(problem, document.uri.toString())));
  }
}

function toDiagnostic({ code, severity, message, range, data, related }: Problem, uri: string): Diagnostic {
  return {
    code,
    severity: SEVERITIES[severity],
    message,
    range,
    source: 'tcpscn',
    ...(code === 'TCPSCN016' ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    ...(related === undefined
      ? {}
      : { relatedInformation: [{ message: related.message, location: { uri, range: related.range } }] }),
    ...(data === undefined ? {} : { data }),
  };
}

/** Quick fixes: whatever problem knows what to write instead. */
export class ScenarioCodeActionProvider {
  getCodeActions(document: LangiumDocument, params: CodeActionParams): CodeAction[] {
    return params.context.diagnostics.flatMap((diagnostic) => {
      const replacement = (diagnostic.data as { replacement?: unknown } | undefined)?.replacement;
      if (diagnostic.source !== 'tcpscn' || typeof replacement !== 'string') return [];
      const edit = { range: diagnostic.range, newText: replacement };
      return [
        {
          title: l10n.t('Write “{0}”', replacement),
          kind: 'quickfix',
          diagnostics: [diagnostic],
          isPreferred: true,
          edit: { changes: { [document.uri.toString()]: [edit] } },
        },
      ];
    });
  }
}

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};
