import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeBundles } from '../../l10n.mjs';

const root = join(import.meta.dirname, '../..');
/** As an installed extension: dist/cli.js, the translations beside it, and a link to it on the path. */
const installed = mkdtempSync(join(tmpdir(), 'tcpscn-program-'));
const program = join(installed, 'tcpscn');

beforeAll(async () => {
  mkdirSync(join(installed, 'dist'));
  await build({
    absWorkingDir: root,
    entryPoints: ['extension/cli/main.ts'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    outfile: join(installed, 'dist', 'cli.js'),
    logLevel: 'error',
  });
  cpSync(join(root, 'media', 'l10n'), join(installed, 'media', 'l10n'), { recursive: true });
  writeBundles(installed);
  rmSync(join(installed, 'media'), { recursive: true });
  symlinkSync(join(installed, 'dist', 'cli.js'), program);
});

interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

function tcpscn(args: readonly string[], variables: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, ...args],
      { env: { PATH: process.env.PATH, ...variables } },
      (error, out, err) => {
        resolve({ status: error === null ? 0 : Number(error.code), out, err });
      },
    );
    child.stdin?.end();
  });
}

describe('the built tcpscn', () => {
  it('--version: a version', async () => {
    expect(await tcpscn(['--version'])).toEqual({
      status: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
      err: '',
    });
  });

  it('--help in a Chinese locale, through a link: Chinese', async () => {
    expect((await tcpscn(['--help'], { LANG: 'zh_CN.UTF-8' })).out).toContain('用法：');
    expect((await tcpscn(['--help'], { LANG: 'zh_CN.UTF-8', LC_ALL: 'C' })).out).toContain('Usage:');
  });

  it('a folder, a file that is not there: status 2 with a sentence each', async () => {
    const { status, out, err } = await tcpscn(['run', installed, join(installed, 'none.tcpscn')]);
    expect(status).toBe(2);
    expect(err).toContain('This is a folder.');
    expect(err).toContain('There is no such file.');
    expect(out).toContain('files that are wrong: 2');
  });

  it('an unknown option: status 2', async () => {
    expect((await tcpscn(['run', 'x', '--wrong'])).status).toBe(2);
  });

  it('the reader closes the pipe: no stack trace', async () => {
    const child = spawn(process.execPath, [program, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    await new Promise((resolve) => child.on('close', resolve));
    expect(err).toBe('');
  });
});
