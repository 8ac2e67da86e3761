// Which room may import what. The walls that ARCHITECTURE.md describes, as a rule that a machine checks.
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));

/** What every room above the engine may use. */
const simulator = ['base', 'scenario', 'trace', 'engine', 'language', 'protocol'];
const editor = ['extension/panel', 'extension/commands', 'extension/editor', 'extension/testing'];

/**
 * @typedef {object} Room
 * @property {readonly string[]} rooms which other rooms it may import
 * @property {readonly string[]} types rooms of which it may import types only
 * @property {readonly string[]} packages which packages; a name covers what is below it, 'node:' all of Node's own
 */

/** @param {readonly string[]} names */
const inExtension = (names) => names.map((name) => (name.startsWith('extension/') ? name : `extension/${name}`));

/** @param {readonly string[]} rooms @param {readonly string[]} packages @param {readonly string[]} types @returns {Room} */
const may = (rooms, packages = [], types = []) => ({
  rooms: inExtension(rooms),
  packages,
  types: inExtension(types),
});

const lsp = [
  'langium',
  'vscode-languageserver',
  'vscode-languageserver-types',
  'vscode-languageserver-textdocument',
  'vscode-uri',
];

/** Longest matching folder wins, so a room inside a room can be narrower or wider. @type {Record<string, Room>} */
export const rooms = {
  'extension/base': may([]),
  'extension/scenario': may(['base']),
  'extension/trace': may(['base', 'scenario'], ['@vscode/l10n']),
  'extension/engine': may(['base', 'scenario', 'trace']),
  'extension/language': may(['base', 'scenario'], [...lsp, '@vscode/l10n']),
  'extension/language/server.node.ts': may(['base', 'scenario', 'language'], [...lsp, '@vscode/l10n', 'node:']),
  'extension/protocol': may(['base'], [], ['trace', 'scenario']),
  'extension/cli': may(simulator, ['@vscode/l10n', 'langium', 'node:']),
  ...Object.fromEntries(
    editor.map((name) => [name, may([...simulator, ...editor], ['vscode', 'vscode-languageclient', '@vscode/l10n'])]),
  ),
  // Activation: it builds the services out of all the other rooms.
  extension: may([...simulator, ...editor], ['vscode', 'vscode-languageclient', '@vscode/l10n', 'node:']),
  webview: may(['base', 'protocol', 'trace'], ['mermaid', 'preact', '@vscode/l10n'], ['scenario']),
};

/** @param {string} path a path below the root, with slashes @returns {string | undefined} */
function roomOf(path) {
  return Object.keys(rooms)
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

/** Folders of extension/ that the table does not name would fall to activation's wide rights. @param {string} path */
function isNamed(path) {
  const room = roomOf(path);
  return room !== undefined && (room !== 'extension' || /^extension\/[^/]+$/.test(path));
}

/** @param {Room} room @param {string} name */
const allowsPackage = (room, name) =>
  room.packages.some((allowed) => name === allowed || name.startsWith(allowed.endsWith(':') ? allowed : `${allowed}/`));

/** @param {Room} room */
const allowedList = (room) =>
  [...room.rooms, ...room.types.map((name) => `${name} (types)`), ...room.packages].join(', ') || 'nothing';

/**
 * What is wrong with an import, or undefined. Exported for its test.
 * @param {string} file the importing file, below the root, with slashes
 * @param {string} specifier as written
 * @param {boolean} typeOnly
 * @returns {string | undefined}
 */
export function wrongImport(file, specifier, typeOnly) {
  const from = roomOf(file);
  if (from === undefined) return undefined;
  if (!isNamed(file)) return `${dirname(file)} is not in the table of rooms (eslint.rooms.mjs).`;
  const room = /** @type {Room} */ (rooms[from]);
  const allowed = `${from} may import: ${allowedList(room)}.`;
  if (!specifier.startsWith('.')) {
    return allowsPackage(room, specifier) ? undefined : `'${specifier}' is not for ${from}. ${allowed}`;
  }
  const target = relative(root, resolve(root, dirname(file), specifier))
    .split(sep)
    .join('/');
  if (target === 'package.json') return undefined;
  const to = roomOf(target);
  if (to === from || (to !== undefined && room.rooms.includes(to))) return undefined;
  if (to !== undefined && to.startsWith(`${from}/`) && from !== 'extension') return undefined;
  if (to !== undefined && room.types.includes(to)) {
    return typeOnly ? undefined : `Only types of ${to} are for ${from} (import type). ${allowed}`;
  }
  return `${to ?? target} is not for ${from}. ${allowed}`;
}

/**
 * @typedef {import('estree').ImportDeclaration | import('estree').ExportNamedDeclaration
 *   | import('estree').ExportAllDeclaration | import('estree').ImportExpression} ImportLike
 */

/** The parser adds these to ESTree's nodes. @typedef {{ importKind?: string, exportKind?: string }} Kinds */

/** @param {ImportLike} node */
function isTypeOnly(node) {
  const { importKind, exportKind } = /** @type {Kinds} */ (node);
  if (importKind === 'type' || exportKind === 'type') return true;
  const specifiers = 'specifiers' in node ? node.specifiers : [];
  return specifiers.length > 0 && specifiers.every((each) => /** @type {Kinds} */ (each).importKind === 'type');
}

/** The rule as a plugin. @type {import('eslint').ESLint.Plugin} */
export default {
  rules: {
    walls: {
      meta: { type: 'problem', schema: [], messages: { wall: '{{reason}}' } },
      create(context) {
        const file = relative(root, context.filename).split(sep).join('/');
        /** @param {ImportLike} node */
        const check = (node) => {
          const specifier = node.source && 'value' in node.source ? node.source.value : undefined;
          if (typeof specifier !== 'string') return;
          const reason = wrongImport(file, specifier, isTypeOnly(node));
          if (reason !== undefined) context.report({ node, messageId: 'wall', data: { reason } });
        };
        return {
          ImportDeclaration: check,
          ExportNamedDeclaration: check,
          ExportAllDeclaration: check,
          ImportExpression: check,
        };
      },
    },
  },
};
