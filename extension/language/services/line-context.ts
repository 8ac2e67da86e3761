import type { Position } from '../lsp.ts';

/** What completion needs to know about the place of the cursor. */
export interface LineContext {
  /** The line up to the word under the cursor. */
  readonly before: string;
  readonly wordStart: number;
  /** The line that opened the block around, if any. */
  readonly blockHeading?: string;
  readonly within: 'code' | 'comment' | 'text';
}

/** Looks at the text alone, so that it works however broken the file is. */
export function lineContext(document: { getText(): string }, position: Position): LineContext {
  const lines = document.getText().split(/\r\n|\r|\n/);
  const line = (lines[position.line] ?? '').slice(0, position.character);
  const open: string[] = [];
  for (const earlier of lines.slice(0, position.line)) {
    const code = withoutTexts(earlier);
    if (/^\s*scenario\b/.test(code)) open.length = 0;
    for (const character of code) {
      if (character === '{') open.push(earlier);
      else if (character === '}') open.pop();
    }
  }
  const code = withoutTexts(line);
  const within = code.includes('#') ? 'comment' : (code.match(/"/g)?.length ?? 0) % 2 === 1 ? 'text' : 'code';
  const word = within === 'text' ? line.slice(line.lastIndexOf('"') + 1) : (/[\w-]*$/.exec(line)?.[0] ?? '');
  const blockHeading = open.at(-1);
  return {
    before: line.slice(0, line.length - word.length),
    wordStart: line.length - word.length,
    ...(blockHeading === undefined ? {} : { blockHeading: headingOnly(blockHeading) }),
    within,
  };
}

/** Closed texts blanked out, comments cut off up to their `#`. */
function withoutTexts(line: string): string {
  const blank = line.replace(/"(\\.|[^"\\])*"/g, '""');
  const comment = blank.indexOf('#');
  const quote = blank.replace(/""/g, '').indexOf('"');
  return comment >= 0 && quote < 0 ? blank.slice(0, comment + 1) : blank;
}

function headingOnly(line: string): string {
  return line.slice(0, line.lastIndexOf('{') + 1);
}
