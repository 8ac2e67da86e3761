// Small helpers to say what is being done and to run other programs. Node 20, no dependencies.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Where editors, browsers' profiles and the bundled tests live; git ignores it. */
export const cache = join(root, '.vscode-test');

const windows = process.platform === 'win32';

/** @param {string} text */
export function say(text) {
  console.log(`▸ ${text}`);
}

/**
 * Does something that takes a while, saying so before and how long it took after.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function timed(what, work) {
  say(`${what} …`);
  const from = Date.now();
  const result = await work();
  say(`${what}: done in ${((Date.now() - from) / 1000).toFixed(1)} s`);
  return result;
}

/**
 * Runs a program to its end. Quiet programs show their output only when they fail.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} [options]
 * @returns {Promise<void>}
 */
export function run(program, args, options = {}) {
  const { cwd = root, env = process.env, quiet = false } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      shell: windows && program.endsWith('.cmd'),
    });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => (output += chunk.toString());
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const ending = signal ? `ended by ${signal}` : `exit code ${String(code)}`;
      if (code === 0) resolve();
      else reject(new Error(`${program} ${args.join(' ')}: ${ending}\n${output}`.trimEnd()));
    });
  });
}

/**
 * Runs npm, the one that runs us if there is one, so that no other version slips in.
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} [options]
 */
export function npm(args, options) {
  const own = process.env.npm_execpath;
  if (own?.endsWith('.js')) return run(process.execPath, [own, ...args], options);
  return run(windows ? 'npm.cmd' : 'npm', args, options);
}

/**
 * The environment with a folder first on the PATH.
 * @param {string} folder
 * @returns {NodeJS.ProcessEnv}
 */
export function withPath(folder) {
  const name = Object.keys(process.env).find((key) => key.toLowerCase() === 'path') ?? 'PATH';
  return { ...process.env, [name]: `${folder}${windows ? ';' : ':'}${process.env[name] ?? ''}` };
}

/**
 * A port that is free now.
 * @returns {Promise<number>}
 */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/**
 * Calls again until it answers, or fails with the last error when the time is over.
 * @template T
 * @param {() => Promise<T>} attempt
 * @param {{ within: number, every?: number, what: string }} options milliseconds
 * @returns {Promise<T>}
 */
export async function until(attempt, { within, every = 100, what }) {
  const deadline = Date.now() + within;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`${what}: not within ${within / 1000} s`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, every));
    }
  }
}

/**
 * Parsed JSON that still has to be told what it is.
 * @param {string} text
 * @returns {unknown}
 */
export function parseJson(text) {
  return JSON.parse(text);
}

/**
 * What an error says, with its place and its cause.
 * @param {unknown} error
 * @returns {string}
 */
export function reason(error) {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\nbecause: ${reason(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
