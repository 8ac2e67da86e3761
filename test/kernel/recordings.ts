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

export function recordings(): readonly Recording[] {
  return readdirSync(RECORDINGS_FOLDER)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => parseRecording(readFileSync(join(RECORDINGS_FOLDER, name), 'utf8')));
}
