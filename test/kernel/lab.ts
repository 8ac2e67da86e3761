/** Compiles and runs the recorder's C program. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the recorder's sources are. */
export const NATIVE = join(import.meta.dirname, 'native');

/** What this machine lacks for recording, in words; undefined when nothing. */
export function missing(): string | undefined {
  if (process.platform !== 'linux') return 'Recording needs Linux: it plays scenarios on the kernel that runs.';
  if (process.getuid?.() !== 0)
    return 'Recording needs root: it makes network namespaces. Try: sudo npm run kernel:record';
  if (!existsSync('/dev/net/tun')) return 'Recording needs /dev/net/tun (the tun module): modprobe tun';
  if (spawnSync('cc', ['--version']).status !== 0)
    return 'Recording needs a C compiler: install gcc and libc6-dev (Debian: apt-get install -y gcc libc6-dev).';
  return undefined;
}

/** Compiles all C files of a folder. @returns the program's path. @throws Error with the compiler's words */
export function compileProgram(folder: string, flags: readonly string[] = []): string {
  const program = join(mkdtempSync(join(tmpdir(), 'tcpscn-kernel-')), 'program');
  const sources = readdirSync(folder)
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(folder, name));
  const { status, stderr } = spawnSync(
    'cc',
    ['-O2', '-Wall', '-Wextra', '-std=gnu11', '-pthread', ...flags, ...sources, '-lm', '-o', program],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`The recorder does not compile:\n${stderr}`);
  return program;
}

/** Plays one script. @returns what the recorder printed. @throws Error with what went wrong */
export type Lab = (script: string) => Promise<string>;

/** The recorder on this machine's own kernel. @throws Error with the compiler's words */
export function localLab(): Lab {
  const program = compileProgram(NATIVE);
  return (script) => runProgram(program, script);
}

async function runProgram(program: string, script: string): Promise<string> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => out.push(piece));
  child.stderr.on('data', (piece: Buffer) => err.push(piece));
  child.stdin.end(script);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (status !== 0) throw new Error(`The recorder ended with ${status}: ${Buffer.concat(err).toString()}`);
  return Buffer.concat(out).toString();
}
