import * as l10n from '@vscode/l10n';
import { compileParsed } from '../compile/compile-document.ts';
import type * as ast from '../generated/ast.ts';
import { DefaultDocumentValidator, type LangiumDocument, type ParseResult } from '../langium.ts';
import {
  type CodeAction,
  type CodeActionParams,
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type TextEdit,
} from '../lsp.ts';
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
      const edit = diagnostic.source === 'tcpscn' ? editOf(diagnostic) : undefined;
      if (edit === undefined) return [];
      return [
        {
          title: l10n.t('Write “{0}”', edit.newText.trim()),
          kind: 'quickfix',
          diagnostics: [diagnostic],
          isPreferred: true,
          edit: { changes: { [document.uri.toString()]: [edit] } },
        },
      ];
    });
  }
}

function editOf({ data, range }: Diagnostic): TextEdit | undefined {
  const { replacement, insertion, line } = (data ?? {}) as Partial<Record<string, unknown>>;
  if (typeof replacement === 'string') return { range, newText: replacement };
  if (typeof insertion !== 'string' || typeof line !== 'number') return undefined;
  const start = { line, character: 0 };
  return { range: { start, end: start }, newText: `${insertion}\n` };
}

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};
