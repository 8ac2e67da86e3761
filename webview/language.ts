import * as l10n from '@vscode/l10n';
import type { LocalizedText } from '../extension/scenario/source.ts';

let chinese = false;

/** Sets the page's language; before, it speaks English. */
export function setLanguage(locale: string, bundle: Readonly<Record<string, string>>): void {
  chinese = locale.toLowerCase().startsWith('zh');
  document.documentElement.lang = locale;
  l10n.config({ contents: { ...bundle } });
}

/** An author's text in the reader's language, or in English where the author gave no other. */
export function inLanguage(text: LocalizedText): string {
  return (chinese ? text['zh-cn'] : undefined) ?? text.en;
}
