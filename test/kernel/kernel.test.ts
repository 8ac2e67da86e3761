/** The engine against recordings of a real kernel. Recording needs root (README.md); comparing does not. */
import { describe, expect, it } from 'vitest';
import { scenarioOf, variantName } from '../support/catalogue.ts';
import { compare } from './compare.ts';
import { DEVIATIONS, deviationsOf } from './deviations.ts';
import type { Recording } from './recording.ts';
import { formatRecording, parseRecording } from './recording.ts';
import { recordedColumn } from './engine-readme.ts';
import { recordableFile } from './recordable.ts';
import { allRecordings } from './recordings.ts';
import { currentReadme, readmeWithTable } from './table.ts';

const known = allRecordings().map(({ file, recording }) => [file, recording] as const);

function differences(recording: Recording): readonly string[] {
  const { name, text } = recordableFile(recording.scenario);
  const run = scenarioOf(name, text).runs.find((each) => variantName(each) === recording.variant);
  if (run === undefined) throw new Error(`${name} has no variant “${recording.variant}” any more: record it anew`);
  return compare(run, recording);
}

describe('the engine does what the kernel did', () => {
  it.each(known)('%s', (name, recording) => {
    const found = differences(recording);
    const expected = deviationsOf(name);
    expect(found.filter((line) => !expected.some(({ lines }) => lines.test(line)))).toEqual([]);
    const stale = expected.filter(({ lines }) => !found.some((line) => lines.test(line)));
    expect(stale, 'deviations.ts lists what no longer deviates').toEqual([]);
  });

  it('deviations name recordings that exist', () => {
    const names = known.map(([name]) => name);
    expect(DEVIATIONS.flatMap((each) => each.recordings).filter((name) => !names.includes(name))).toEqual([]);
  });

  it('what the kernel did otherwise is noticed', () => {
    const [, c1] = known.find(([name]) => name === 'C1.txt')!;
    const changed = (
      change: (item: Recording['items'][number], i: number) => Recording['items'][number],
    ): Recording => ({
      ...c1,
      items: c1.items.map(change),
    });
    const words = (recording: Recording): string[] => [
      ...new Set(differences(recording).map((line) => line.split(':')[0]!)),
    ];
    expect(words(c1)).toEqual([]);
    const probe = c1.items.findIndex((item) => item.kind === 'segment' && item.time > 2.1e6);
    const at = (index: number, change: object) => changed((item, i) => (i === index ? { ...item, ...change } : item));
    expect(words(at(probe, { length: 99 }))).toEqual(['sequence']);
    expect(words(at(probe, { window: 1 }))).toEqual(['window']);
    expect(words(at(probe, { fate: 'delivered' }))).toEqual(['fate']);
    expect(words(at(probe, { sack: [[1, 2]] }))).toEqual(['SACK']);
    // Two jiffies late: itself, and the next one early.
    expect(words(at(probe, { time: c1.items[probe]!.time + 8_000 }))).toContain('time');
    expect(words({ ...c1, items: c1.items.filter((_, i) => i !== probe) })).toContain('sequence');
    expect(
      words(
        changed((item) =>
          item.kind === 'call' && item.errno === 'ETIMEDOUT' ? { ...item, errno: 'EHOSTUNREACH' } : item,
        ),
      ),
    ).toEqual(['sequence']);
    expect(
      words(
        changed((item) => (item.kind === 'state' && item.to === 'ESTABLISHED' ? { ...item, to: 'CLOSE_WAIT' } : item)),
      ),
    ).toContain('sequence');
  });
});

describe('recordings', () => {
  it.each(known)('%s survives its text', (_, recording) => {
    expect(parseRecording(formatRecording(recording))).toEqual(recording);
  });

  it('are there for all that the README.md of the engine says is recorded', () => {
    const column = recordedColumn();
    expect(column.size).toBeGreaterThan(50);
    const scenarios = new Set(known.map(([, { scenario }]) => scenario));
    expect([...column].flatMap(([, named]) => named).filter((id) => !scenarios.has(id))).toEqual([]);
  });

  it('README.md has the table as it is (npm run kernel:table)', () => {
    expect(currentReadme()).toBe(readmeWithTable());
  });
});
