/** Where recordings are kept. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recording } from './recording.ts';
import { parseRecording } from './recording.ts';

export const RECORDINGS_FOLDER = join(import.meta.dirname, 'recordings');

/** `C3-tcp_retries2-3-rtt-1-ms.txt` */
export function recordingName(scenario: string, variant: string): string {
  const suffix = variant
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return `${scenario}${suffix === '' ? '' : `-${suffix}`}.txt`;
}

/** Of the recordings of another release than the machine's, made in a virtual machine (`6.12`). */
export function folderOf(version: string | undefined): string {
  return version === undefined ? RECORDINGS_FOLDER : join(RECORDINGS_FOLDER, `linux-${version}`);
}

/** The releases that have a folder, the oldest first. */
export function otherReleases(): readonly string[] {
  return readdirSync(RECORDINGS_FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('linux-'))
    .map(({ name }) => name.slice('linux-'.length))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** A recording, and its file below RECORDINGS_FOLDER: `C1.txt`, `linux-6.12/C1.txt`. */
export interface Kept {
  readonly file: string;
  readonly recording: Recording;
}

/** @param version undefined: those of the machine's own kernel */
export function recordings(version?: string): readonly Kept[] {
  const folder = folderOf(version);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => ({
      file: version === undefined ? name : `linux-${version}/${name}`,
      recording: parseRecording(readFileSync(join(folder, name), 'utf8')),
    }));
}

/** Those of the machine's own kernel, then those of other releases. */
export function allRecordings(): readonly Kept[] {
  return [undefined, ...otherReleases()].flatMap((version) => recordings(version));
}
