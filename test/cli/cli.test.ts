import { describe, expect, it } from 'vitest';
import type { Environment, ParsedFile } from '../../extension/cli/environment.ts';
import { OutputClosed } from '../../extension/cli/environment.ts';
import { runCli } from '../../extension/cli/cli.ts';
import { play } from '../../extension/engine/play.ts';
import type { ExpectationPlan } from '../../extension/scenario/expectation.ts';
import type { RunPlan, ScenarioPlan } from '../../extension/scenario/plan.ts';
import { traceFromJsonLines } from '../../extension/trace/jsonl.ts';
import { KEEPALIVE, KILLED, plan, POWER_LOSS } from '../support/plans.ts';
import { expectation } from '../support/trace-builder.ts';

const eof: ExpectationPlan = {
  ...expectation({ kind: 'eof', connection: 'conn', host: 'client' }),
  text: 'conn on client reads EOF',
  range: { start: { line: 11, character: 2 }, end: { line: 11, character: 10 } },
};

function scenario(title: string, runs: readonly (readonly [variant: string, run: RunPlan])[]): ScenarioPlan {
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
  const name = { en: title, 'zh-cn': `《${title}》` };
  return {
    title: name,
    range,
    runs: runs.map(([variant, run]) => ({ ...run, scenario: name, variant: { en: variant } })),
  };
}

const problem = (severity: 'error' | 'warning'): ParsedFile['problems'][number] => ({
  code: 'TCPSCN012',
  severity,
  message: 'Two hosts are called “client”.',
  range: { start: { line: 3, character: 5 }, end: { line: 3, character: 11 } },
});

/** Files by name; what the language would make of each is found by its text. */
const FILES: Record<string, ParsedFile> = {
  'good.tcpscn': {
    scenarios: [
      scenario('Somebody dies', [
        ['process crash', plan([KILLED], { expectations: [eof] })],
        ['power loss', plan([POWER_LOSS])],
      ]),
    ],
    problems: [],
  },
  'failing.tcpscn': {
    scenarios: [scenario('It fails', [['power loss', plan([POWER_LOSS], { expectations: [eof] })]])],
    problems: [],
  },
  'probes.tcpscn': { scenarios: [scenario('Probes', [['on', plan([KEEPALIVE, POWER_LOSS])]])], problems: [] },
  'wrong.tcpscn': { scenarios: [], problems: [problem('error')] },
  'warned.tcpscn': { scenarios: [scenario('Warned', [['on', plan([KILLED])]])], problems: [problem('warning')] },
  'empty.tcpscn': { scenarios: [], problems: [] },
  '-': { scenarios: [scenario('From a pipe', [['on', plan([KILLED])]])], problems: [] },
};

interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function cli(args: string, changes: Partial<Environment> = {}): Promise<Outcome> {
  let [out, err] = ['', ''];
  const env: Environment = {
    version: '1.2.3',
    language: 'en',
    out: (text) => Promise.resolve(void (out += text)),
    err: (text) => Promise.resolve(void (err += text)),
    read: (file) => Promise.resolve(file in FILES ? { text: file } : { reason: 'There is no such file.' }),
    parse: (text) => Promise.resolve(FILES[text]!),
    play: (run) => play(run),
    record: () => Promise.resolve(undefined),
    ...changes,
  };
  const words = [...args.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const status = await runCli(words, env);
  return { status, out, err };
}

describe('tcpscn', () => {
  it('--help and --version: on standard output, status 0', async () => {
    expect((await cli('--help')).out).toContain('tcpscn run FILE…');
    expect(await cli('--version')).toEqual({ status: 0, out: '1.2.3\n', err: '' });
  });

  it('kernel: hands everything to the recorder and ends as it does', async () => {
    const asked: (readonly string[])[] = [];
    const status = (result: number) => ({
      record: (args: readonly string[]) => {
        asked.push(args);
        return Promise.resolve(result);
      },
    });
    expect((await cli('kernel a b --variant "power loss"', status(0))).status).toBe(0);
    expect((await cli('kernel a --scenario S', status(1))).status).toBe(1);
    expect((await cli('kernel a', status(7))).status).toBe(2);
    expect((await cli('kernel a --kernel 6.12', status(0))).status).toBe(0);
    expect(asked).toEqual([
      ['--variant', 'power loss', '--', 'a', 'b'],
      ['--scenario', 'S', '--', 'a'],
      ['--', 'a'],
      ['--kernel', '6.12', '--', 'a'],
    ]);
  });

  it('kernel: where the recorder did not ship, says where it is', async () => {
    const { status, out, err } = await cli('kernel x');
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain('test/kernel/README.md');
  });

  it.each([
    ['nothing', '', 'A command is missing'],
    ['an unknown command', 'play x', '“play” is not a command'],
    ['no file', 'run', 'A file is missing'],
    ['an unknown option', 'run x --fast', '--fast'],
    ['an option without its value', 'run x --scenario', '--scenario'],
    ['an unknown format', 'run x --format pdf', 'There are: ladder, jsonl, mermaid.'],
    ['a format for check', 'check x --format jsonl', 'are for “run”'],
    ['standard input twice', 'run - -', 'only once'],
    ['standard input on the kernel', 'kernel -', 'not standard input'],
    ['a kernel for run', 'run x --kernel 6.12', 'is for “kernel”'],
    ['a kernel for check', 'check x --kernel 6.12', 'is for “kernel”'],
    ['a format for the kernel', 'kernel x --format jsonl', 'are for “run”'],
  ])('%s: says so, status 2', async (_, args, message) => {
    const { status, out, err } = await cli(args);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err).toContain('tcpscn --help');
  });
});

describe('tcpscn run', () => {
  it('all expectations met: every run as a ladder, a summary, status 0', async () => {
    const { status, out, err } = await cli('run good.tcpscn');
    expect([status, err]).toEqual([0, '']);
    expect(out).toContain('Somebody dies — process crash');
    expect(out).toContain('Somebody dies — power loss');
    expect(out).toContain('✓ conn on client reads EOF  (line 12)');
    expect(out.trimEnd().split('\n').at(-1)).toBe('runs: 2 · expectations met: 1 · not met: 0');
  });

  it('an expectation not met: status 1', async () => {
    const { status, out } = await cli('run failing.tcpscn');
    expect(status).toBe(1);
    expect(out).toContain('✗ conn on client reads EOF — it never happened');
  });

  it('a run that was stopped at a limit: where, which, the last events, status 1', async () => {
    const { status, out, err } = await cli('run good.tcpscn', { play: (run) => play(run, { maxEvents: 10 }) });
    expect(status).toBe(1);
    expect(err).toMatch(/^good\.tcpscn:\d+:\d+: stopped: The run was stopped after \d+ events, at .* \[Somebody dies/);
    expect(err).toContain('The last events:\n    0.0');
    expect(out).toContain('stopped at a limit');
    expect(out).toContain('stopped at a limit: 2');
  });

  it('Mermaid text: a title cannot give orders to Mermaid', async () => {
    const title = 'x %%{init: {"theme": "forest"}}%% y';
    const parse: Environment['parse'] = () =>
      Promise.resolve({ scenarios: [scenario(title, [['v', plan([KILLED])]])], problems: [] });
    const { out } = await cli('run good.tcpscn --format mermaid', { parse });
    expect(out).toContain('theme');
    expect(out).not.toContain('%{');
  });

  it('three repetitions or more: the table of waits below the ladder', async () => {
    expect((await cli('run probes.tcpscn')).out).toContain('Waits: conn on client');
    expect((await cli('run good.tcpscn')).out).not.toContain('Waits');
  });

  it('a file with an error: the problem with its place, status 2, the other files are played', async () => {
    const { status, out, err } = await cli('run wrong.tcpscn good.tcpscn');
    expect(status).toBe(2);
    expect(err).toBe('wrong.tcpscn:4:6: error: Two hosts are called “client”. [TCPSCN012]\n');
    expect(out).toContain('Somebody dies');
    expect(out).toContain('files that are wrong: 1');
  });

  it('a file with a warning: played, status 0', async () => {
    const { status, err } = await cli('run warned.tcpscn');
    expect([status, err]).toEqual([0, 'warned.tcpscn:4:6: warning: Two hosts are called “client”. [TCPSCN012]\n']);
  });

  it('a file that is not there: says so, status 2 even when another fails', async () => {
    const { status, err } = await cli('run none.tcpscn failing.tcpscn');
    expect([status, err]).toEqual([2, 'tcpscn: none.tcpscn: There is no such file.\n']);
  });

  it('standard input: played', async () => {
    expect((await cli('run -')).out).toContain('From a pipe — on');
  });

  it('a file without scenarios: nothing to play, status 0', async () => {
    expect(await cli('run empty.tcpscn')).toEqual({
      status: 0,
      out: 'runs: 0 · expectations met: 0 · not met: 0\n',
      err: '',
    });
  });

  it.each([
    ['--scenario "Somebody dies"', 2],
    ['--scenario "somebody DIES"', 2],
    ['--scenario 《Somebody dies》', 2],
    ['--variant "power loss"', 1],
    ['--scenario "Somebody dies" --variant "process crash"', 1],
  ])('%s: %i runs', async (options, runs) => {
    const args = options.includes('《')
      ? `run good.tcpscn probes.tcpscn --scenario "《Somebody dies》"`
      : `run good.tcpscn probes.tcpscn ${options}`;
    expect((await cli(args)).out).toContain(`runs: ${runs} ·`);
  });

  it.each([
    [
      'a scenario with a slip',
      '--scenario "Somebdy dies"',
      'No scenario is called “Somebdy dies”. Did you mean “Somebody dies”?',
    ],
    ['another scenario', '--scenario zzz', 'No scenario is called “zzz”. There are: “Somebody dies”.'],
    ['a variant with a slip', '--variant "power los"', 'Did you mean “power loss”?'],
    ['another variant', '--variant q', 'There are: “process crash”, “power loss”.'],
  ])('%s: says what there is, status 2', async (_, options, message) => {
    const { status, out, err } = await cli(`run good.tcpscn ${options}`);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it('jsonl: each run a trace, nothing else on standard output', async () => {
    const { out, err } = await cli('run good.tcpscn --format jsonl');
    const runs = out.split(/^(?=\{"format")/m);
    expect(runs.map((text) => traceFromJsonLines(text).header.variant?.en)).toEqual(['process crash', 'power loss']);
    expect(err).toBe('runs: 2 · expectations met: 1 · not met: 0\n');
  });

  it('mermaid: each run a diagram', async () => {
    const { out } = await cli('run good.tcpscn --format mermaid');
    expect(out.match(/^sequenceDiagram$/gm)).toHaveLength(2);
    expect(out).toContain('%% Somebody dies — power loss\n');
  });

  it('Chinese: titles of the file in Chinese', async () => {
    expect((await cli('run good.tcpscn', { language: 'zh-cn' })).out).toContain('《Somebody dies》');
  });

  it('the reader goes away: ends quietly with what is known', async () => {
    let pieces = 0;
    const out = (): Promise<void> => (++pieces > 1 ? Promise.reject(new OutputClosed()) : Promise.resolve());
    expect((await cli('run failing.tcpscn good.tcpscn', { out })).status).toBe(1);
    expect(pieces).toBe(2);
  });

  it('a hostile file name: no control characters on the terminal', async () => {
    const { err } = await cli('run "\u001b[2J.tcpscn"');
    expect(err).not.toContain('\u001b');
  });
});

describe('tcpscn check', () => {
  it('met: only the summary', async () => {
    expect(await cli('check good.tcpscn')).toEqual({
      status: 0,
      out: 'runs: 2 · expectations met: 1 · not met: 0\n',
      err: '',
    });
  });

  it('not met: the line, the text, what happened instead, and the run', async () => {
    const { status, out } = await cli('check failing.tcpscn');
    expect(status).toBe(1);
    expect(out.split('\n')[0]).toBe(
      'failing.tcpscn:12:3: failed: conn on client reads EOF — it never happened [It fails — power loss]',
    );
  });
});
