import { describe, expect, it } from 'vitest';
import { readStartOptions } from './workbench/start-options.mjs';

const SAMPLES = ['B1-one.tcpscn', 'B12-twelve.tcpscn', 'B2-two.tcpscn', 'core-question.tcpscn'];
const read = (...args: string[]) => readStartOptions(args, SAMPLES);

describe('what npm start can be told', () => {
  it('nothing: B2 in the themes and the language of the editor', () => {
    expect(read()).toMatchObject({ scenario: 'B2-two.tcpscn', theme: undefined, locale: undefined, served: false });
  });

  it.each([
    ['B1', 'B1-one.tcpscn'],
    ['b12', 'B12-twelve.tcpscn'],
    ['core-question', 'core-question.tcpscn'],
  ])('--scenario %s: its file', (id, file) => {
    expect(read('--scenario', id)).toMatchObject({ scenario: file });
  });

  it.each([
    ['light', 'Light Modern'],
    ['dark', 'Dark Modern'],
    ['hc', 'Default High Contrast'],
    ['hc-light', 'Default High Contrast Light'],
  ])('--theme %s: VS Code’s name of it', (theme, name) => {
    expect(read('--theme', theme)).toMatchObject({ theme: name });
  });

  it('--help: every option, and every scenario', () => {
    const answer = read('--help');
    if (!('help' in answer)) throw new Error('no help');
    for (const option of ['scenario', 'theme', 'locale', 'served', 'browser', 'screenshot', 'viewport'])
      expect(answer.help).toContain(`--${option} `);
    expect(answer.help).toContain('B1, B12, B2, core-question');
  });

  it.each([
    [['--theme', 'pink'], '--theme takes one of: light, dark, hc, hc-light'],
    [['--scenario', 'B'], '--scenario takes one of: B1, B12, B2, core-question'],
    [['--scenario', 'B3'], '--scenario takes one of: B1, B12, B2, core-question'],
    [['--locale', 'fr'], '--locale takes one of: en, zh-cn'],
    [['--browser', '--locale', 'zh-cn'], '--browser speaks English only'],
    [['--viewport', 'big'], 'A size is written like 1280x800, not big.'],
    [['--screenshot', ''], '--screenshot takes the name of a PNG file.'],
    [['--thema', 'dark'], "Unknown option '--thema'."],
    [['B2'], "Unexpected argument 'B2'."],
  ])('%j: what is wrong, and where to look', (args, message) => {
    const answer = read(...args);
    if (!('wrong' in answer)) throw new Error('nothing is wrong');
    expect(answer.wrong).toContain(message);
    expect(answer.wrong).toContain('npm start -- --help');
  });
});
