/** `tcpscn`: plays scenario files without an editor. */
import * as l10n from '@vscode/l10n';
import { formatDuration } from '../base/time.ts';
import { describeExpectation, stopOf } from '../trace/explain/index.ts';
import { printable } from '../trace/text/index.ts';
import type { Trace } from '../trace/trace.ts';
import type { Command } from './arguments.ts';
import { helpText, readArguments } from './arguments.ts';
import type { ChosenRun, ScenarioFile } from './choice.ts';
import { chooseRuns } from './choice.ts';
import type { Environment, ParsedFile } from './environment.ts';
import { OutputClosed } from './environment.ts';
import { printRun, runTitle } from './print.ts';

/** 0: every expectation was met; 1: one was not, or a run was stopped at a limit; 2: a file, a name or the command line is wrong. */
export type ExitStatus = 0 | 1 | 2;

type Playing = Extract<Command, { readonly kind: 'run' | 'check' }>;
type Recording = Extract<Command, { readonly kind: 'kernel' }>;

/** Does what the arguments (without the program's name) ask for. */
export async function runCli(args: readonly string[], env: Environment): Promise<ExitStatus> {
  const command = readArguments(args);
  switch (command.kind) {
    case 'help':
      await env.out(helpText());
      return 0;
    case 'version':
      await env.out(`${env.version}\n`);
      return 0;
    case 'wrong':
      await env.err(`tcpscn: ${command.message}\n${l10n.t('Try “tcpscn --help”.')}\n`);
      return 2;
    case 'kernel':
      return recordOnKernel(command, env);
    case 'run':
    case 'check':
      return new Session(command, env).play();
  }
}

/** The recorder is a tool of the repository and not part of the package. */
async function recordOnKernel({ kernel, files, scenario, variant }: Recording, env: Environment): Promise<ExitStatus> {
  const status = await env.record([
    ...(kernel === undefined ? [] : ['--kernel', kernel]),
    ...(scenario === undefined ? [] : ['--scenario', scenario]),
    ...(variant === undefined ? [] : ['--variant', variant]),
    '--',
    ...files,
  ]);
  if (status === 0 || status === 1) return status;
  if (status === undefined) {
    const message = l10n.t(
      'Recording on the kernel is not part of this package: it needs a clone of the repository with its development tools (test/kernel/README.md).',
    );
    await env.err(`tcpscn: ${message}\n`);
  }
  return 2;
}

/** One invocation over all its files. */
class Session {
  private readonly command: Playing;
  private readonly env: Environment;
  private worst: ExitStatus = 0;
  private runs = 0;
  private met = 0;
  private failed = 0;
  private wrongFiles = 0;
  private stopped = 0;

  constructor(command: Playing, env: Environment) {
    this.command = command;
    this.env = env;
  }

  async play(): Promise<ExitStatus> {
    const { env, command } = this;
    try {
      const files: ScenarioFile[] = [];
      for (const file of command.files) {
        const scenarios = await this.open(file);
        if (scenarios !== undefined) files.push({ file, scenarios });
      }
      const runs = chooseRuns(files, command);
      if ('message' in runs) {
        // A file that could not be read may have had it.
        this.raise(2);
        await env.err(`tcpscn: ${printable(runs.message)}\n`);
        return this.worst;
      }
      for (const run of runs) await this.playRun(run);
      await this.summarize();
    } catch (error) {
      if (!(error instanceof OutputClosed)) throw error;
    }
    return this.worst;
  }

  /** The scenarios of a file; undefined when it cannot be played. Prints what is wrong. */
  private async open(file: string): Promise<ParsedFile['scenarios'] | undefined> {
    const { env } = this;
    const read = await env.read(file);
    if ('reason' in read) {
      this.raise(2);
      this.wrongFiles++;
      await env.err(`tcpscn: ${printable(file)}: ${read.reason}\n`);
      return undefined;
    }
    const { scenarios, problems } = await env.parse(read.text);
    for (const { code, severity, message, range } of problems) {
      const { line, character } = range.start;
      const word = severity === 'information' ? 'info' : severity;
      await env.err(`${shownName(file)}:${line + 1}:${character + 1}: ${word}: ${printable(message)} [${code}]\n`);
    }
    if (problems.some(({ severity }) => severity === 'error')) {
      this.raise(2);
      this.wrongFiles++;
      return undefined;
    }
    return scenarios;
  }

  private async playRun({ file, plan }: ChosenRun): Promise<void> {
    const { command, env } = this;
    const trace = env.play(plan);
    const isFirst = this.runs === 0;
    this.runs++;
    const failures = this.count(trace);
    await this.reportStop(file, plan, trace);
    if (command.kind === 'check') {
      for (const failure of failures)
        await env.out(`${shownName(file)}:${failure} [${runTitle(trace, env.language)}]\n`);
      return;
    }
    if (!isFirst && command.format !== 'jsonl') await env.out('\n');
    const printing = { ...command, language: env.language, width: Math.min(110, env.columns ?? 110) };
    let piece = '';
    for (const text of printRun(trace, printing)) {
      piece += text;
      if (piece.length < PIECE) continue;
      await env.out(piece);
      piece = '';
    }
    await env.out(piece);
  }

  /** A run that met a limit proves nothing about what would have come after it. */
  private async reportStop(file: string, plan: ChosenRun['plan'], trace: Trace): Promise<void> {
    const { env } = this;
    const stop = stopOf(trace);
    if (stop === undefined) return;
    this.stopped++;
    this.raise(1);
    const time = formatDuration(stop.time);
    const message =
      stop.reason === 'event-limit'
        ? l10n.t(
            'The run was stopped after {0} events, at {1} of virtual time: that is the limit. Say how long the run is: `run until …`.',
            stop.events,
            time,
          )
        : l10n.t(
            'The run was stopped after {0} of virtual time, with {1} events: what comes next lies beyond the limit.',
            time,
            stop.events,
          );
    const { line, character } = plan.range.start;
    const place = `${shownName(file)}:${line + 1}:${character + 1}`;
    await env.err(`${place}: stopped: ${printable(message)} [${runTitle(trace, env.language)}]\n`);
    if (stop.lastEvents.length === 0) return;
    await env.err(`  ${l10n.t('The last events:')}\n`);
    for (const event of stop.lastEvents) await env.err(`    ${printable(event)}\n`);
  }

  /** Counts what was expected. @returns a line for each that was not met, from its line number on */
  private count(trace: Trace): readonly string[] {
    const failures: string[] = [];
    for (const result of trace.eventsOf('expectation')) {
      if (result.met) {
        this.met++;
        continue;
      }
      this.failed++;
      this.raise(1);
      const statement = trace.header.expectations[result.expectation];
      const { line, character } = statement?.range.start ?? { line: 0, character: 0 };
      const text = printable(statement?.text ?? '');
      failures.push(`${line + 1}:${character + 1}: failed: ${text} — ${describeExpectation(trace, result)}`);
    }
    return failures;
  }

  private async summarize(): Promise<void> {
    const { command, env, runs, met, failed, stopped, wrongFiles } = this;
    const parts = [
      l10n.t('runs: {0}', runs),
      l10n.t('expectations met: {0}', met),
      l10n.t('not met: {0}', failed),
      ...(stopped === 0 ? [] : [l10n.t('stopped at a limit: {0}', stopped)]),
      ...(wrongFiles === 0 ? [] : [l10n.t('files that are wrong: {0}', wrongFiles)]),
    ];
    const line = `${parts.join(' · ')}\n`;
    if (command.kind === 'run' && command.format !== 'ladder') await env.err(line);
    else await env.out(command.kind === 'run' && runs > 0 ? `\n${line}` : line);
  }

  private raise(status: ExitStatus): void {
    if (status > this.worst) this.worst = status;
  }
}

/** Characters that are gathered before they are written. */
const PIECE = 65_536;

function shownName(file: string): string {
  return file === '-' ? '<stdin>' : printable(file);
}
