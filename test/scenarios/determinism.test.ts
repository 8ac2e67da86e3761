import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCENARIOS_FOLDER } from '../support/catalogue.ts';

const run = promisify(execFile);

describe('determinism', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcpscn-'));
  const bundle = join(folder, 'print-traces.cjs');

  beforeAll(async () => {
    await build({
      entryPoints: [join(import.meta.dirname, '../support/print-traces.ts')],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('plays every scenario to the same bytes, wherever and whenever', { timeout: 60_000 }, async () => {
    const [here, there] = await Promise.all([
      traces({ cwd: SCENARIOS_FOLDER, TZ: 'Asia/Kolkata', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }),
      traces({ cwd: folder, TZ: 'America/St_Johns', LANG: 'C', LC_ALL: 'C' }),
    ]);
    const lines = here.split('\n');
    expect(lines.length).toBeGreaterThan(5000);
    // The first line that differs says more than two megabytes.
    const at = there.split('\n').findIndex((line, i) => line !== lines[i]);
    expect(at === -1 ? 'the same' : `${at}: ${lines[at] ?? ''}`).toBe('the same');
    expect(there === here).toBe(true);
  });

  /** What a process of its own prints, in that place, time zone and language. */
  async function traces({
    cwd,
    ...locale
  }: { readonly cwd: string } & Readonly<Record<string, string>>): Promise<string> {
    const { stdout } = await run(process.execPath, [bundle, SCENARIOS_FOLDER], {
      cwd,
      env: { ...process.env, ...locale },
      maxBuffer: 2 ** 28,
    });
    return stdout;
  }
});
