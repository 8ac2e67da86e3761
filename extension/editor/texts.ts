import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { LocalizedText } from '../scenario/source.ts';

/** Makes every room speak the language that VS Code is shown in. To be called before the first text is made. */
export function speakTheEditorsLanguage(): void {
  if (vscode.l10n.bundle !== undefined) l10n.config({ contents: vscode.l10n.bundle });
}

/** The author's text in the language that VS Code is shown in, where the author gave it. */
export function inEditorsLanguage(text: LocalizedText): string {
  return (vscode.env.language.toLowerCase() === 'zh-cn' ? text['zh-cn'] : undefined) ?? text.en;
}
