import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeBundles } from '../../l10n.mjs';

const root = join(import.meta.dirname, '../..');
/** What runs of a clone: the launcher, dist/cli.js, the texts beside it, and a link on the path. */
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
  writeBundles(root);
  cpSync(join(root, 'dist', 'l10n'), join(installed, 'dist', 'l10n'), { recursive: true });
  cpSync(join(root, 'tcpscn.cjs'), join(installed, 'tcpscn.cjs'));
  symlinkSync(join(installed, 'tcpscn.cjs'), program);
});

interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

const tcpscn = (args: readonly string[], variables: Record<string, string> = {}) => run(program, args, variables);

function run(script: string, args: readonly string[], variables: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [script, ...args],
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

  it('dist/cli.js by itself, as in an installed extension, finds its texts', async () => {
    const { out } = await run(join(installed, 'dist', 'cli.js'), ['--help'], { LANG: 'zh_CN.UTF-8' });
    expect(out).toContain('用法：');
  });

  it('in a clone that was not built: status 2, and what to do', async () => {
    const clone = mkdtempSync(join(tmpdir(), 'tcpscn-clone-'));
    cpSync(join(root, 'tcpscn.cjs'), join(clone, 'tcpscn.cjs'));
    const { status, err } = await run(join(clone, 'tcpscn.cjs'), ['--help']);
    expect(status).toBe(2);
    expect(err).toContain('`npm install`');
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
