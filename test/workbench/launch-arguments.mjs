// The part of VS Code's command line that tests use, as @vscode/test-electron passes it.

/**
 * @typedef {object} LaunchArguments
 * @property {string | undefined} folder the workspace to open
 * @property {string[]} developmentPaths folders of extensions under development
 * @property {'web' | 'workspace'} kind where they run: in the browser's worker, or in Node
 * @property {string | undefined} testsPath the file whose run() is called
 * @property {string} userData
 * @property {string | undefined} extensions
 * @property {string | undefined} locale
 * @property {number | undefined} debuggingPort where the page can be reached
 * @property {{ width: number, height: number }} viewport our own, as --viewport=WxH
 */

/**
 * @param {readonly string[]} args
 * @returns {LaunchArguments}
 */
export function readLaunchArguments(args) {
  /** @type {Map<string, string[]>} */
  const named = new Map();
  /** @type {string[]} */
  const places = [];
  for (const arg of args) {
    const match = /^--([^=]+)(?:=(.*))?$/.exec(arg);
    if (!match) {
      places.push(arg);
      continue;
    }
    const [, name = '', value = ''] = match;
    named.set(name, [...(named.get(name) ?? []), value]);
  }
  const one = (/** @type {string} */ name) => named.get(name)?.at(-1);
  const userData = one('user-data-dir');
  if (userData === undefined) throw new Error('--user-data-dir is missing');
  const port = one('remote-debugging-port');
  return {
    folder: places[0],
    developmentPaths: named.get('extensionDevelopmentPath') ?? [],
    kind: one('extensionDevelopmentKind') === 'web' ? 'web' : 'workspace',
    testsPath: one('extensionTestsPath'),
    userData,
    extensions: one('extensions-dir'),
    locale: one('locale'),
    debuggingPort: port === undefined ? undefined : Number(port),
    viewport: readSize(one('viewport') ?? '1280x800'),
  };
}

/**
 * @param {string} text such as 1280x800
 * @returns {{ width: number, height: number }}
 */
export function readSize(text) {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (width === undefined || height === undefined) throw new Error(`A size is written like 1280x800, not ${text}.`);
  return { width: Number(width), height: Number(height) };
}
