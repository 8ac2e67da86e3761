/** Text in the columns of a terminal, where a Chinese character takes two. */

/** How many columns a character takes. */
function charWidth(code: number): 0 | 1 | 2 {
  if (isIn(code, ZERO_WIDTH)) return 0;
  return isIn(code, WIDE) ? 2 : 1;
}

type Ranges = readonly (readonly [from: number, to: number])[];

const ZERO_WIDTH: Ranges = [
  [0x300, 0x36f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x2069],
  [0xfe00, 0xfe0f],
];

/** East Asian Width W and F, as far as fonts draw them. */
const WIDE: Ranges = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
];

function isIn(code: number, ranges: Ranges): boolean {
  return ranges.some(([from, to]) => code >= from && code <= to);
}

/** Text from a file, harmless in a terminal: control characters (escape sequences begin with one) become dots. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '·');
}

export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char.codePointAt(0) ?? 0);
  return width;
}

/** The text cut to a width, with an ellipsis where it was cut. */
export function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let result = '';
  let used = 0;
  for (const char of text) {
    const next = charWidth(char.codePointAt(0) ?? 0);
    if (used + next > width - 1) break;
    result += char;
    used += next;
  }
  return width < 1 ? '' : `${result}…`;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text;
}

/** Breaks text into lines of at most a width: at blanks, and anywhere within Chinese text. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(/[\u2e80-\u9fff\uff00-\uffef]|\s+|[^\s\u2e80-\u9fff\uff00-\uffef]+/gu) ?? []) {
    if (line !== '' && textWidth(line) + textWidth(word.trimEnd()) > width && !CLOSING.test(word)) {
      lines.push(line.trimEnd());
      line = word.trimStart();
    } else line += word;
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
  return lines;
}

/** Never begins a line. */
const CLOSING = /^[，。；：、）」』！？,.;:)]/;

/** One line that is drawn upon, column by column. */
export class Line {
  /** Per column a character; the empty text behind a wide one. */
  private readonly cells: string[] = [];

  /** Writes at a column, over what is there. */
  write(column: number, text: string): this {
    let at = column;
    for (const char of text) {
      const width = charWidth(char.codePointAt(0) ?? 0);
      if (width === 0) {
        if (at > 0) this.cells[at - 1] = (this.cells[at - 1] ?? ' ') + char;
        continue;
      }
      while (this.cells.length < at) this.cells.push(' ');
      // Half of a wide character cannot stay.
      if (this.cells[at] === '' && at > 0) this.cells[at - 1] = ' ';
      if (this.cells[at + width] === '') this.cells[at + width] = ' ';
      this.cells[at] = char;
      if (width === 2) this.cells[at + 1] = '';
      at += width;
    }
    return this;
  }

  toString(): string {
    return this.cells.join('').trimEnd();
  }
}
