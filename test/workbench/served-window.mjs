// A VS Code window as an address that any Chromium can show, in both of the extension's ways of running.
import { mkdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { startCodeServer } from './code-server.mjs';
import { parseJson } from './shell.mjs';
import { serveStaticVSCode } from './static-vscode.mjs';

/**
 * @typedef {import('./launch-arguments.mjs').LaunchArguments} LaunchArguments
 * @typedef {{ url: string, stop: () => Promise<void> }} ServedWindow
 */

/**
 * @param {LaunchArguments} args
 * @param {(text: string) => void} log
 * @returns {Promise<ServedWindow>}
 */
export function serveWindow(args, log) {
  return args.kind === 'web' ? serveStatic(args) : serveRemote(args, log);
}

/**
 * The desktop's way of running: extension host and language server in Node, the window a page of the same server.
 * @param {LaunchArguments} args
 * @param {(text: string) => void} log
 * @returns {Promise<ServedWindow>}
 */
async function serveRemote(args, log) {
  const server = await startCodeServer({
    userData: args.userData,
    log,
    ...(args.extensions === undefined ? {} : { extensions: args.extensions }),
    ...(args.locale === undefined ? {} : { locale: args.locale }),
  });
  const at = (/** @type {string} */ path) => `vscode-remote://${server.authority}${path}`;
  const payload = args.developmentPaths.map((path) => ['extensionDevelopmentPath', at(path)]);
  if (args.testsPath !== undefined) payload.push(['extensionTestsPath', at(args.testsPath)]);
  const query = new URLSearchParams({ payload: JSON.stringify(payload) });
  if (args.folder === undefined) query.set('ew', 'true');
  else query.set('folder', args.folder);
  return { url: `${server.origin}/?${query.toString()}`, stop: server.stop };
}

/**
 * The browser's way of running: no server but one for files, extensions in a worker of the page.
 * @param {LaunchArguments} args
 * @returns {Promise<ServedWindow>}
 */
async function serveStatic(args) {
  mkdirSync(args.userData, { recursive: true });
  /** @type {Record<string, string>} */
  const folders = Object.fromEntries(args.developmentPaths.map((path, index) => [`/extension-${index}`, path]));
  const tests = args.testsPath === undefined ? undefined : inExtension(args, args.testsPath);
  const server = await serveStaticVSCode({
    folders,
    configuration: (authority) => ({
      developmentOptions: {
        enableSmokeTestDriver: true,
        extensions: Object.keys(folders).map((path) => ({ scheme: 'http', authority, path })),
        extensionTestsPath: tests && { scheme: 'http', authority, path: tests },
      },
      webviewEndpoint: '/vscode/out/vs/workbench/contrib/webview/browser/pre',
      configurationDefaults: readSettings(args),
      // code-server's page insists on an answer to each of these.
      userDataPath: '/',
      isEnabledFileDownloads: true,
      isEnabledFileUploads: true,
      isEnabledCoderGettingStarted: false,
    }),
  });
  // A folder in memory, empty: the page has no other file system.
  return { url: `${server.origin}/?folder=tmp:/workspace`, stop: server.stop };
}

/**
 * Where the static server shows a file. Tests run in the host of the extension that they lie in.
 * @param {LaunchArguments} args
 * @param {string} file
 */
function inExtension(args, file) {
  const index = args.developmentPaths.findIndex((path) => !relative(path, file).startsWith('..'));
  if (index < 0) throw new Error(`${file} is in no extension under development`);
  return `/extension-${index}/${relative(args.developmentPaths[index] ?? '', file)
    .split(sep)
    .join('/')}`;
}

/** @param {LaunchArguments} args @returns {unknown} */
function readSettings(args) {
  try {
    return parseJson(readFileSync(join(args.userData, 'User', 'settings.json'), 'utf8'));
  } catch {
    return {}; // None were written for this run.
  }
}
