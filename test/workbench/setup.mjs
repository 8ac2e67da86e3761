// What a fresh clone lacks: packages, a build, a browser. Each step looks first and says what it does. Node 20, no
// dependencies: this runs before `npm ci`.
import { existsSync, readFileSync } from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { npm, parseJson, root, run, say, timed } from './shell.mjs';

/** The Node that the project's tools run on; the machine's own may be older. */
export const projectNode = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** Installs the packages of the lock file, unless they are there. */
export async function ensurePackages() {
  const reason = packagesMissing();
  if (reason === undefined) return;
  await timed(`Installing the packages (npm ci; ${reason})`, () => npm(['ci'], { quiet: true }));
}

/** Bundles the product into dist/. */
export async function build() {
  await timed('Building', () => run(projectNode, ['esbuild.mjs'], { quiet: true }));
}

/**
 * Goes on under the project's Node when this process runs on another one; only the first of the two returns.
 * @param {string} script
 */
export async function continueOnProjectNode(script) {
  const wanted = spawnSync(projectNode, ['--version'], { encoding: 'utf8' }).stdout.trim();
  if (process.version === wanted) return;
  const child = spawn(projectNode, [script, ...process.argv.slice(2)], { stdio: 'inherit', cwd: root });
  // This one stays until the other has tidied up. Ctrl-C reaches both from the terminal.
  process.on('SIGINT', () => undefined);
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  process.exit(await new Promise((ended, fail) => child.on('error', fail).on('exit', (code) => ended(code ?? 1))));
}

/**
 * A Chromium-like browser's executable; on a Debian-like machine it is installed when there is none and we may.
 * @returns {Promise<string>}
 */
export async function ensureChromium() {
  const found = findChromium();
  if (found === undefined) {
    const why = 'The tests need Chromium (or Chrome, or Edge), and none was found.';
    if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
      throw new Error(`${why} Install one, or name it in the environment variable CHROMIUM.`);
    }
    say(`${why} Installing Debian's chromium and fonts-noto-cjk (apt-get install).`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await timed('apt-get update', () => run('apt-get', ['update', '-q'], { quiet: true, env }));
    await timed('apt-get install chromium fonts-noto-cjk', () =>
      run('apt-get', ['install', '-y', '-q', 'chromium', 'fonts-noto-cjk'], { quiet: true, env }),
    );
  }
  const now = found ?? findChromium();
  if (now === undefined) throw new Error('Chromium was installed but is not where it is looked for.');
  return now;
}

/** @returns {string | undefined} why the packages have to be installed */
function packagesMissing() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return 'there are none';
  if (!existsSync(projectNode)) return 'node is missing';
  const wanted = lockedVersions(join(root, 'package-lock.json'));
  const present = lockedVersions(installed);
  for (const [name, version] of wanted) {
    if (present.get(name) !== version) return `${name} ${version} is wanted`;
  }
  return undefined;
}

/** @param {string} file @returns {Map<string, string>} without those that belong to other platforms */
function lockedVersions(file) {
  const lock = /** @type {{ packages: Record<string, { version?: string, optional?: boolean }> }} */ (
    parseJson(readFileSync(file, 'utf8'))
  );
  const entries = Object.entries(lock.packages).filter(([name, { optional }]) => name !== '' && optional !== true);
  return new Map(entries.map(([name, { version }]) => [name, version ?? '']));
}

/** @returns {string | undefined} */
function findChromium() {
  const programFiles = process.env.ProgramFiles ?? 'C:\\Program Files';
  const programFiles86 = process.env['ProgramFiles(x86)'] ?? 'C:\\Program Files (x86)';
  const places = [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/microsoft-edge',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    join(programFiles, 'Google', 'Chrome', 'Application', 'chrome.exe'),
    join(programFiles86, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
  ];
  return places.find((place) => place !== undefined && existsSync(place));
}
