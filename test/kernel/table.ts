/** The table of README.md: what was recorded, and how far the engine agrees. `npm run kernel:table` writes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDuration, SECOND } from '../../extension/base/time.ts';
import { scenarioOf, variantName } from '../support/catalogue.ts';
import { deviationsOf } from './deviations.ts';
import { formatOverride } from './override.ts';
import type { Recording } from './recording.ts';
import { recordable } from './recordable.ts';
import type { Kept } from './recordings.ts';
import { otherReleases, recordingName, recordings } from './recordings.ts';
import { NotRecordable } from './not-recordable.ts';
import { scriptOf } from './script.ts';

const README = join(import.meta.dirname, 'README.md');
const BEGIN = '<!-- table: written by npm run kernel:table -->';
const END = '<!-- end of the table -->';

/** README.md with the table as it should be. */
export function readmeWithTable(): string {
  const text = readFileSync(README, 'utf8');
  const [before, rest = ''] = text.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  return `${before}${BEGIN}\n\n${table().join('\n')}\n\n${END}${after}`;
}

export function currentReadme(): string {
  return readFileSync(README, 'utf8');
}

function table(): string[] {
  const releases = otherReleases();
  const columns = [undefined, ...releases].map(
    (version) => new Map(recordings(version).map((kept) => [nameOf(kept.recording), kept])),
  );
  const reasons: string[] = [];
  const agreement = ({ file }: Kept): string => {
    const marks = deviationsOf(file).map(({ reason }) => {
      if (!reasons.includes(reason)) reasons.push(reason);
      return `deviates (${reasons.indexOf(reason) + 1})`;
    });
    return marks.length === 0 ? 'agrees' : marks.join(', ');
  };
  const rows = recordable().flatMap(({ id, name, text }) =>
    scenarioOf(name, text).runs.map((run) => {
      const variant = variantName(run);
      const [own, ...others] = columns.map((kept) => kept.get(recordingName(id, variant)));
      const absence = (): string => `not recorded: ${whyNot(() => scriptOf(run, SECOND)) ?? 'not yet'}`;
      return [
        id,
        variant,
        own === undefined ? '–' : lengthOf(own.recording),
        own === undefined ? absence() : agreement(own),
        ...others.map((kept) => (kept === undefined ? '–' : agreement(kept))),
      ];
    }),
  );
  return [
    ...formatted([
      ['scenario', 'variant', 'recorded', 'the engine', ...releases.map((version) => `as ${version}`)],
      ...rows,
    ]),
    ...(reasons.length === 0 ? [] : ['', ...reasons.map((reason, i) => `${i + 1}. ${reason}`)]),
  ];
}

function nameOf({ scenario, variant }: Recording): string {
  return recordingName(scenario, variant);
}

function lengthOf({ end, overrides }: Recording): string {
  const length = formatDuration(Math.round(end / SECOND) * SECOND);
  return overrides.length === 0 ? length : `${length}; ${overrides.map(formatOverride).join(', ')}`;
}

function whyNot(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof NotRecordable) return error.message;
    throw error;
  }
}

/** As Prettier lays a table out. */
function formatted(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)];
}

if (import.meta.main) writeFileSync(README, readmeWithTable());
