import * as l10n from '@vscode/l10n';
import { parseArgs } from 'node:util';

export const FORMATS = ['ladder', 'jsonl', 'mermaid'] as const;
export type Format = (typeof FORMATS)[number];

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'run';
      readonly files: readonly string[];
      readonly scenario?: string;
      readonly variant?: string;
      readonly format: Format;
      readonly unfold: boolean;
    }
  /** Record on this machine's kernel, or on that of a release in a virtual machine, and compare. */
  | {
      readonly kind: 'kernel';
      readonly kernel?: string;
      readonly files: readonly string[];
      readonly scenario?: string;
      readonly variant?: string;
    }
  | { readonly kind: 'check'; readonly files: readonly string[]; readonly scenario?: string; readonly variant?: string }
  /** It cannot be understood; `message` says why. */
  | { readonly kind: 'wrong'; readonly message: string };

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  scenario: { type: 'string' },
  variant: { type: 'string' },
  kernel: { type: 'string' },
  format: { type: 'string' },
  unfold: { type: 'boolean' },
} as const;

/** Reads the arguments behind the program's name. */
export function readArguments(args: readonly string[]): Command {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    return wrong(plainReason(error as NodeJS.ErrnoException));
  }
  const { values, positionals } = parsed;
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const [command, ...files] = positionals;
  if (command === undefined) return wrong(l10n.t('A command is missing: run, check or kernel.'));
  if (command !== 'run' && command !== 'check' && command !== 'kernel')
    return wrong(l10n.t('“{0}” is not a command. There are: run, check, kernel.', command));
  if (files.length === 0) return wrong(l10n.t('A file is missing. “-” stands for standard input.'));
  if (files.filter((file) => file === '-').length > 1) return wrong(l10n.t('Standard input can be read only once.'));
  if (values.kernel !== undefined && command !== 'kernel') return wrong(l10n.t('--kernel is for “kernel”.'));
  const chosen = {
    files,
    ...(values.scenario === undefined ? {} : { scenario: values.scenario }),
    ...(values.variant === undefined ? {} : { variant: values.variant }),
  };
  if (command !== 'run') {
    if (values.format !== undefined || values.unfold !== undefined)
      return wrong(l10n.t('--format and --unfold are for “run”.'));
    if (command === 'kernel' && files.includes('-')) return wrong(l10n.t('“kernel” reads files, not standard input.'));
    if (command === 'check') return { kind: command, ...chosen };
    return { kind: command, ...chosen, ...(values.kernel === undefined ? {} : { kernel: values.kernel }) };
  }
  const format = FORMATS.find((each) => each === (values.format ?? 'ladder'));
  if (format === undefined)
    return wrong(l10n.t('“{0}” is not a format. There are: {1}.', values.format ?? '', FORMATS.join(', ')));
  return { kind: 'run', ...chosen, format, unfold: values.unfold === true };
}

function wrong(message: string): Command {
  return { kind: 'wrong', message };
}

/** Node's own sentence without its advice about `--`. */
function plainReason(error: NodeJS.ErrnoException): string {
  return (error.message.split(/\. /)[0] ?? '').replace(/\.?$/, '.');
}

/** `tcpscn --help`. */
export function helpText(): string {
  return [
    l10n.t('tcpscn plays TCP failure scenarios (.tcpscn) with the behaviour of Linux TCP, in virtual time.'),
    '',
    l10n.t('Usage:'),
    '  tcpscn run FILE… [--scenario NAME] [--variant NAME] [--format ladder|jsonl|mermaid] [--unfold]',
    '  tcpscn check FILE… [--scenario NAME] [--variant NAME]',
    '  tcpscn kernel FILE… [--scenario NAME] [--variant NAME] [--kernel VERSION]',
    '  tcpscn --help | --version',
    '',
    l10n.t('Commands:'),
    `  run      ${l10n.t('play every run of the files, or the chosen ones, and print what happened')}`,
    `  check    ${l10n.t('play them and print only what is wrong and what was not as expected')}`,
    `  kernel   ${l10n.t('play them in real time on this machine’s Linux kernel too, and show both side by side (only in a clone of the repository, as root)')}`,
    '',
    l10n.t('Options:'),
    `  --scenario NAME   ${l10n.t('only the scenario with this title')}`,
    `  --variant NAME    ${l10n.t('only the variant with this title')}`,
    `  --kernel 6.12     ${l10n.t('on a Linux kernel of this release, in a virtual machine (needs QEMU and the kernel’s package, no root)')}`,
    `  --format ladder   ${l10n.t('a ladder of packets for reading (the default)')}`,
    `  --format jsonl    ${l10n.t('the trace as JSON Lines, as in a .tcptrace file; a header line begins each run')}`,
    `  --format mermaid  ${l10n.t('a Mermaid sequence diagram for each run')}`,
    `  --unfold          ${l10n.t('show alike packets one by one')}`,
    '',
    l10n.t('FILE may be “-” for standard input.'),
    '',
    l10n.t('Exit status:'),
    `  0  ${l10n.t('every expectation was met')}`,
    `  1  ${l10n.t('an expectation was not met, or a run was stopped at a limit')}`,
    `  2  ${l10n.t('a file is wrong or cannot be read, a name is unknown, or the command line is wrong')}`,
    '',
  ].join('\n');
}
