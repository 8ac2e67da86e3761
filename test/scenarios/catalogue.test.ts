import { describe, expect, it } from 'vitest';
import { play } from '../../extension/engine/play.ts';
import type { LocalizedText } from '../../extension/scenario/source.ts';
import { catalogue, catalogueFile, scenarioOf, variantName, verdicts } from '../support/catalogue.ts';

const CORE = 'A1 A2 A3 A4 A5 A8 B1 B2 B3 B4 B5 B8 B9 C1 C2 C3 C5 C6 C7 D1 D2 D3 D4 D5 D6'.split(' ');
const FAMILIES = ['core-question'];

const CHINESE = /\p{Script=Han}/u;

const files = catalogue();

describe('the catalogue', () => {
  it('holds every core scenario', () => {
    expect(files.map(({ id }) => id)).toEqual(expect.arrayContaining([...CORE, ...FAMILIES]));
  });

  it('holds one file per id, named by it', () => {
    const ids = files.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { name } of files) expect(name).toMatch(/^([A-G]\d+-)?[a-z0-9]+(-[a-z0-9]+)*\.tcpscn$/);
  });
});

describe.each(files)('$name', ({ name, text }) => {
  it('speaks English and Chinese', () => {
    const scenario = scenarioOf(name, text);
    expectBothLanguages('title', scenario.title);
    expectBothLanguages('question', scenario.question);
    expectBothLanguages('take-away', scenario.takeaway);
    for (const { variant } of scenario.runs) if (variant !== undefined) expectBothLanguages('variant', variant);
  });

  it('answers in two or three sentences', () => {
    const { takeaway } = scenarioOf(name, text);
    expect(sentences(takeaway!.en, /[.?!](?=\s|$)/g)).toBeOneOf([2, 3]);
    expect(sentences(takeaway!['zh-cn']!, /[。？！]/g)).toBeOneOf([2, 3]);
  });

  it('meets what it expects, in every variant', () => {
    const { runs } = scenarioOf(name, text);
    expect(new Set(runs.map(variantName)).size).toBe(runs.length);
    for (const run of runs) {
      const trace = play(run);
      const missed = verdicts(run, trace).filter(({ met }) => !met);
      expect(missed, `variant "${variantName(run)}"`).toEqual([]);
      expect(run.expectations.length).toBeGreaterThan(3);
    }
  });

  it('plays to its end, and every statement is carried out', () => {
    const { runs } = scenarioOf(name, text);
    for (const run of runs) {
      const trace = play(run);
      expect([...trace.eventsOf('scenario.skipped')]).toEqual([]);
      expect([...trace.eventsOf('run.ended')].map(({ reason }) => reason)).toEqual([
        run.until === undefined ? 'idle' : 'until',
      ]);
    }
  });

  it('is written in lines of at most 125 characters, texts for people aside', () => {
    const long = text.split('\n').filter((line) => line.length > 125 && !/^(title|question|takeaway)\b/.test(line));
    expect(long).toEqual([]);
  });
});

describe("a host that is the next hop itself, or one's own cable", () => {
  it.each(['C1', 'C3', 'D3'])('%s says that Linux would report EHOSTUNREACH', (id) => {
    const { name, text } = catalogueFile(id);
    const { takeaway } = scenarioOf(name, text);
    expect(takeaway!.en).toContain('EHOSTUNREACH');
    expect(takeaway!['zh-cn']).toContain('EHOSTUNREACH');
  });
});

/** The catalogue's table: seconds from the send to ETIMEDOUT. */
describe('C3: tcp_retries2 and the round trip time', () => {
  it.each([
    [3, '1 ms', 6.432],
    [5, '1 ms', 25.728],
    [8, '1 ms', 102.912],
    [15, '1 ms', 925.824],
    [3, '10 ms', 6.72],
    [5, '10 ms', 13.44],
    [8, '10 ms', 107.52],
    [15, '10 ms', 935.04],
    [3, '333.332 ms', 7.867],
    [5, '333.332 ms', 15.867],
    [8, '333.332 ms', 127.867],
    [15, '333.332 ms', 967.867],
  ])('tcp_retries2 %i, RTT %s: %f s', (retries, rtt, seconds) => {
    const { name, text } = catalogueFile('C3');
    const { runs } = scenarioOf(name, text);
    const run = runs.find((each) => variantName(each) === `tcp_retries2 ${retries}, RTT ${rtt}`)!;
    expect(run.hosts.find((host) => host.name === 'client')!.sysctls.tcp_retries2).toBe(retries);
    expect(run.links.map(({ delay }) => delay * 2)).toEqual([Number.parseFloat(rtt) * 1000]);
    const trace = play(run);
    const sent = [...trace.eventsOf('call.entered')].find(({ call }) => call === 'send')!;
    const errors = [...trace.eventsOf('tcp.error')];
    expect(errors.map(({ errno }) => errno)).toEqual(['ETIMEDOUT']);
    expect(errors[0]!.time - sent.time).toBe(Math.round(seconds * 1e6));
  });
});

function expectBothLanguages(what: string, text: LocalizedText | undefined): void {
  expect(text?.en, `${what} in English`).toMatch(/\w/);
  expect(text?.en, `${what} in English`).not.toMatch(CHINESE);
  expect(text?.['zh-cn'], `${what} in Chinese`).toMatch(CHINESE);
}

/** `180.5 s` ends no sentence; a colon does not either. */
function sentences(text: string, end: RegExp): number {
  return text.match(end)?.length ?? 0;
}
