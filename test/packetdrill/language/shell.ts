/**
 * What a script's shell commands set up. Nothing is executed: the few commands that scripts use for that are read, and so are
 * the shell files that they name.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fail, unsupported } from './problem.ts';

/** One thing that a command changes. */
export type Setting =
  /** `net.ipv4.tcp_sack`, as sysctl writes it. */
  | { readonly kind: 'sysctl'; readonly name: string; readonly value: string }
  /** `/sys/module/tcp_cubic/parameters/…`. */
  | { readonly kind: 'module'; readonly name: string; readonly value: string }
  /** The device's queue takes everything, or nothing at all. */
  | { readonly kind: 'queue'; readonly takes: boolean };

/** Words of one simple command, with where its output goes. */
interface Command {
  readonly words: readonly string[];
  readonly to: string | undefined;
}

const KERNEL_KNOBS = '/proc/sys/';
const MODULE_KNOBS = '/sys/module/';
/** What set_sysctls.py leaves behind: the state of this machine, which nobody has changed. */
const RESTORE = '/tmp/sysctl_restore_';

/** @param folder where the script is: commands name files from there. @throws Problem for what is no setting */
export function settingsOf(text: string, folder: string): Setting[] {
  return commandsOf(text).flatMap((command) => settingsOfCommand(command, folder));
}

function settingsOfCommand({ words, to }: Command, folder: string): Setting[] {
  const [program = '', ...args] = words;
  if (program.startsWith(RESTORE)) return [];
  if (program === 'echo' && to !== undefined) return [knobAt(to, args.join(' '), words)];
  if (program === 'sysctl') {
    return args.filter((arg) => !arg.startsWith('-')).map((arg) => sysctl(arg, words));
  }
  if (program.endsWith('.py') && args.length > 0 && args.every((arg) => arg.startsWith(KERNEL_KNOBS))) {
    return args.map((arg) => sysctl(arg.slice(KERNEL_KNOBS.length), words));
  }
  if (program.endsWith('.sh')) {
    const file = resolve(folder, program);
    return settingsOf(readShell(file, program), dirname(file));
  }
  if (program === 'ip' && args.join(' ') === 'tcp_metrics flush all') return [];
  // Packets are seen as they would leave a device that cuts nothing for anybody.
  if (program === 'ethtool' && args[0] === '-K') return [];
  if (program === 'tc' && args[0] === 'qdisc') return queueOf(args, words);
  unsupported(`the command "${words.join(' ')}"`);
}

/** `tc qdisc add dev tun0 root pfifo [limit 0]`. */
function queueOf(args: readonly string[], words: readonly string[]): Setting[] {
  const [, verb = '', ...rest] = args;
  const discipline = rest.slice(rest.indexOf('root') + 1).join(' ');
  if (['delete', 'del'].includes(verb) || discipline === 'pfifo') return [{ kind: 'queue', takes: true }];
  if (discipline === 'pfifo limit 0') return [{ kind: 'queue', takes: false }];
  unsupported(`the command "${words.join(' ')}"`);
}

function sysctl(assignment: string, words: readonly string[]): Setting {
  const at = assignment.indexOf('=');
  if (at < 1) unsupported(`the command "${words.join(' ')}"`);
  const name = assignment.slice(0, at).replaceAll('/', '.');
  return { kind: 'sysctl', name, value: assignment.slice(at + 1) };
}

function knobAt(path: string, value: string, words: readonly string[]): Setting {
  if (path.startsWith(KERNEL_KNOBS)) return sysctl(`${path.slice(KERNEL_KNOBS.length)}=${value}`, words);
  if (path.startsWith(MODULE_KNOBS)) return { kind: 'module', name: path.slice(MODULE_KNOBS.length), value };
  unsupported(`the command "${words.join(' ')} > ${path}"`);
}

function readShell(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    fail(`the file "${name}" cannot be read`);
  }
}

/** Cuts shell text into simple commands. Quotes group, `#` begins a comment, `\` joins lines. */
function commandsOf(text: string): Command[] {
  const found: Command[] = [];
  let words: string[] = [];
  let to: string | undefined;
  const end = (): void => {
    if (words.length > 0) found.push({ words, to });
    words = [];
    to = undefined;
  };
  const pattern =
    /(?<space>[ \t\r]+|\\\n)|(?<comment>(?<![^\s;])#[^\n]*)|(?<end>\n|;|&&)|(?<redirection>\d?>{1,2}\s*(?:&\d|[^\s;&]+))|(?<word>(?:"[^"]*"|'[^']*'|\$\(\([^)]*\)*?\)\)|[^\s;&>"'])+)/gy;
  for (const match of text.matchAll(pattern)) {
    const { end: separator, redirection, word } = match.groups ?? {};
    if (separator !== undefined) end();
    else if (redirection !== undefined) to = /^1?>{1,2}\s*([^&].*)$/.exec(redirection)?.[1] ?? to;
    else if (word !== undefined) words.push(expand(word));
  }
  end();
  return found;
}

/** Takes the quotes off and works out `$((…))`: products, which is all that buffer sizes need. */
function expand(word: string): string {
  return word.replaceAll(/["']/g, '').replaceAll(/\$\(\(([^)]*)\)\)/g, (_, product: string) => {
    return String(product.split('*').reduce((value, factor) => value * Number(factor), 1));
  });
}
