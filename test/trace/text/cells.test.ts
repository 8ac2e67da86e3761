import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, Line, padEnd, padStart, printable, textWidth, wrap } from '../../../extension/trace/text/cells.ts';

const anyText = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '中', '文', '，', '。', '→'), maxLength: 60 });

describe('columns of a terminal', () => {
  it('Chinese takes two, marks that combine none', () => {
    expect([textWidth('client'), textWidth('没有人'), textWidth('e\u0301')]).toEqual([6, 6, 1]);
  });

  it('cut: never wider, and says that it was cut', () => {
    expect([cut('没有人在发送', 7), cut('没有人在发送', 8), cut('abc', 3), cut('abc', 0)]).toEqual([
      '没有人…',
      '没有人…',
      'abc',
      '',
    ]);
  });

  it('padding counts columns', () => {
    expect([padEnd('中', 4), padStart('中', 4)]).toEqual(['中  ', '  中']);
  });

  it('wrap: no line wider than asked for, nothing lost', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 8, max: 40 }), (text, width) => {
        const lines = wrap(text, width);
        const long = /[ab→]{8,}/.test(text);
        if (!long) for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width + 8);
        expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });

  it('a line that is drawn upon: what is written later covers what was there', () => {
    expect(new Line().write(2, '│').write(6, '│').write(1, '中文').toString()).toBe(' 中文 │');
    expect(new Line().write(0, '中文').write(1, 'x').toString()).toBe(' x文');
  });

  it('a line that is drawn upon: as wide as what was written', () => {
    fc.assert(
      fc.property(anyText, fc.nat(20), (text, column) => {
        const drawn = new Line().write(column, text).toString();
        expect(textWidth(drawn)).toBe(
          textWidth(' '.repeat(column) + text.replace(/\s+$/, '')) * (text.trim() === '' ? 0 : 1),
        );
      }),
    );
  });

  it('control characters: never reach the terminal', () => {
    expect(printable('a\u001b[31mb\u0007\u009b\u202ec')).toBe('a·[31mb···c');
  });
});
