/** The command line's environment on Node: files, standard streams, the language of the user. */
import * as l10n from '@vscode/l10n';
import { isUtf8 } from 'node:buffer';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './environment.ts';
import { OutputClosed } from './environment.ts';

/** No scenario is that long; what is, is something else. */
const LARGEST_FILE = 16 * 1024 * 1024;

/** Chinese when the first of LC_ALL, LC_MESSAGES and LANG that is set says so, as for every program. */
export function languageOf(variables: NodeJS.ProcessEnv): 'en' | 'zh-cn' {
  const set = [variables.LC_ALL, variables.LC_MESSAGES, variables.LANG].find((value) => (value ?? '') !== '');
  return /^zh([_.@-]|$)/i.test(set ?? '') ? 'zh-cn' : 'en';
}

/** Loads the translations that the build puts below `root`. Without them everything is in English. */
export function loadTranslations(root: string, language: 'en' | 'zh-cn'): void {
  if (language === 'en') return;
  const bundle = join(root, 'dist', 'l10n', `bundle.l10n.${language}.json`);
  if (existsSync(bundle)) l10n.config({ contents: readFileSync(bundle, 'utf8') });
}

/** The text of a file or of standard input, or a sentence that says why there is none. */
export const readText: Environment['read'] = async (file) => {
  try {
    if (file === '-') return textOf(await readAll(process.stdin));
    const found = await stat(file);
    if (found.isDirectory()) return { reason: l10n.t('This is a folder. Name the .tcpscn files in it.') };
    if (found.size > LARGEST_FILE) return { reason: l10n.t('The file is too large to be a scenario.') };
    return textOf(await readFile(file));
  } catch (error) {
    return { reason: reasonOf(error as NodeJS.ErrnoException) };
  }
};

/** The file's text. What is not UTF-8, or has a NUL, is a picture or a program, or was saved in another encoding. */
function textOf(bytes: Buffer): Awaited<ReturnType<Environment['read']>> {
  if (!isUtf8(bytes) || bytes.includes(0)) return { reason: l10n.t('This is not a text file in UTF-8.') };
  return { text: new TextDecoder().decode(bytes) };
}

/**
 * Runs the recorder of the repository in which the program was built, in the foreground.
 * @param root the folder above dist/
 */
export function recorderBelow(root: string): Environment['record'] {
  const recorder = join(root, 'test', 'kernel', 'by-hand.ts');
  // The tools are TypeScript as it stands: they need the repository's own Node.
  const node = join(root, 'node_modules', 'node', 'bin', 'node');
  return async (args) => {
    if (!existsSync(recorder) || !existsSync(node)) return undefined;
    const flags = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'];
    const child = spawn(node, [...flags, recorder, ...args], { stdio: 'inherit' });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status) => {
        resolve(status ?? 2);
      });
    });
  };
}

async function readAll(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    length += bytes.length;
    if (length > LARGEST_FILE) throw new Error(l10n.t('The file is too large to be a scenario.'));
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return l10n.t('There is no such file.');
    case 'EACCES':
    case 'EPERM':
      return l10n.t('You may not read this file.');
    case 'EISDIR':
      return l10n.t('This is a folder. Name the .tcpscn files in it.');
    default:
      return error.message;
  }
}

/** Writes to a stream at the pace of its reader. */
export function writerTo(stream: NodeJS.WriteStream): Environment['out'] {
  // The error also comes to the one who writes; nobody else needs to hear of it.
  stream.on('error', () => undefined);
  return (text) =>
    new Promise((resolve, reject) => {
      stream.write(text, (error) => {
        if (!error) resolve();
        else reject(isClosed(error) ? new OutputClosed() : error);
      });
    });
}

function isClosed(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'EOF' || error.code === 'ERR_STREAM_DESTROYED';
}
