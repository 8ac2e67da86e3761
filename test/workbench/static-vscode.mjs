// VS Code for the web with no server behind it, as on vscode.dev: the workbench's files, the extension's files, and nothing
// else. Extensions run in the browser's worker, where there is no Node.
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { vscodeFolder } from './code-server.mjs';

const types = /** @type {Record<string, string>} */ ({
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
});

/**
 * Serves the workbench at /, VS Code's files at /vscode/, and each of the given folders at its own path.
 * @param {{ folders: Record<string, string>, configuration: (authority: string) => object }} options
 * @returns {Promise<{ origin: string, stop: () => Promise<void> }>}
 */
export async function serveStaticVSCode({ folders, configuration }) {
  /** @type {Record<string, string>} */
  const roots = { ...folders, '/vscode': vscodeFolder };
  let authority = '';
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (path === '/') return void response.setHeader('content-type', 'text/html').end(page(configuration(authority)));
    const prefix = Object.keys(roots).find((each) => path.startsWith(`${each}/`));
    const file =
      prefix === undefined ? undefined : inside(/** @type {string} */ (roots[prefix]), path.slice(prefix.length));
    if (file === undefined) return void response.writeHead(404).end();
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
    // The webviews' pages load each other's parts from whichever address they have.
    response.setHeader('access-control-allow-origin', '*');
    if (file.endsWith(join('code', 'browser', 'workbench', 'workbench.js')))
      return void response.end(withoutRemote(file));
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  authority = `localhost:${port}`;
  return {
    origin: `http://${authority}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** @param {string} folder @param {string} path @returns {string | undefined} an existing file in the folder */
function inside(folder, path) {
  const file = normalize(join(folder, path));
  if (!file.startsWith(folder + sep)) return undefined;
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}

/**
 * code-server's page takes its own server for granted. These put back what VS Code's source says for a page without one.
 * The version is pinned, and a place that is not found is an error.
 */
const withoutServer = [
  ['remoteAuthority:location.host}', 'remoteAuthority:void 0}'],
  ['.with({scheme:J.vscodeRemote}),"User")', '.with({scheme:J.vscodeUserData}),"User")'],
];

/** @param {string} file */
function withoutRemote(file) {
  let text = readFileSync(file, 'utf8');
  for (const [theirs = '', ours = ''] of withoutServer) {
    if (text.split(theirs).length !== 2) throw new Error(`${file}: '${theirs}' is not there exactly once`);
    text = text.replace(theirs, () => ours);
  }
  return text;
}

/** @param {object} configuration */
function page(configuration) {
  const data = JSON.stringify(configuration).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<!doctype html>
<html>
  <head>
    <meta charset="utf-8" />
    <meta id="vscode-workbench-web-configuration" data-settings="${data}" />
    <link rel="stylesheet" href="/vscode/out/vs/code/browser/workbench/workbench.css" />
  </head>
  <body aria-label=""></body>
  <script>globalThis._VSCODE_FILE_ROOT = new URL('/vscode/out/', location.href).toString();</script>
  <script type="module" src="/vscode/out/nls.messages.js"></script>
  <script type="module" src="/vscode/out/vs/code/browser/workbench/workbench.js"></script>
</html>`;
}
