/**
 * An expectation that nothing can break says nothing. Here every run is spoilt in many small ways (a statement left out,
 * another path, somebody dies besides), and every expectation must notice at least one of them.
 */
import { describe, expect, it } from 'vitest';
import { play } from '../../extension/engine/play.ts';
import { DAY, SECOND } from '../../extension/base/time.ts';
import type { Action, ActionPlan, HostPlan, ProcessPlan, RunPlan } from '../../extension/scenario/plan.ts';
import { catalogue, scenarioOf, verdicts, wording } from '../support/catalogue.ts';

/** Spoilt runs may go on for ever: keepalive with a peer that is well after all. */
const UNTIL = 31 * DAY;
const LIMITS = { maxEvents: 5_000 };

/** A run that was stopped, or that never came to the moment in question, has proved nothing. */
const PROVES_NOTHING = /^(run-ended-before|moment-not-reached|moment-unknown|no-connection) /;

describe.each(catalogue())('$name', ({ name, text }) => {
  it('has no expectation that is met come what may', { timeout: 60_000 }, () => {
    const { runs } = scenarioOf(name, text);
    const broken = new Set<string>();
    const whole = (run: RunPlan) => wordings(run).filter((expectation) => !broken.has(expectation));
    for (const run of runs) {
      for (const spoilt of spoiltRuns(run)) {
        if (whole(run).length === 0) break;
        for (const expectation of missed({ ...spoilt, until: run.until ?? UNTIL })) broken.add(expectation);
      }
    }
    expect(runs.flatMap(whole)).toEqual([]);
  });
});

function wordings(run: RunPlan): readonly string[] {
  return run.expectations.map((expectation) => wording(expectation));
}

function missed(run: RunPlan): readonly string[] {
  return verdicts(run, play(run, LIMITS))
    .filter(({ met, reason }) => !met && !PROVES_NOTHING.test(reason))
    .map(({ text }) => text);
}

function* spoiltRuns(run: RunPlan): Generator<RunPlan> {
  for (const delay of [1, 40_000]) {
    yield { ...run, links: run.links.map((link) => ({ ...link, delay: link.delay + delay })) };
  }
  for (const i of run.actions.keys()) yield withAction(run, i, harmless(run));
  yield withSysctls(run, { tcp_early_retrans: 0 });
  yield withSysctls(run, { tcp_early_retrans: 3 });
  for (const number of [1, 5]) yield withLoss(run, number);
  yield withSysctls(run, { tcp_retries2: 1 });
  yield withSysctls(run, { tcp_keepalive_probes: 1 });
  yield withBehaviours(run, () => []);
  const moments = run.actions.flatMap(({ trigger }) => (trigger.kind === 'at' ? [trigger.time] : []));
  for (const time of new Set(moments)) {
    for (const deed of deeds(run)) {
      for (const later of [-1, 1, SECOND]) yield withExtra(run, time + later, deed);
      for (const { name } of run.processes) yield withExtra(withDeaf(run, name), time + SECOND, deed);
      yield withExtra(withSysctls(run, { tcp_keepalive_time: 10 }), time + SECOND, deed);
    }
  }
}

/** What else can happen to anybody. */
function deeds(run: RunPlan): readonly Action[] {
  const connection = run.actions.find((action) => action.kind === 'connect')!.connection;
  return [
    ...run.hosts.map(({ name: host }) => ({ kind: 'host-power-loss', host }) as const),
    ...run.links.map(({ name: link }) => ({ kind: 'link-cut', link }) as const),
    ...run.processes.flatMap(({ name: process }) => [
      { kind: 'process-kill', process } as const,
      { kind: 'close', process, connection } as const,
      { kind: 'send', process, connection, bytes: 10 } as const,
      { kind: 'set-option', process, connection, option: 'SO_KEEPALIVE', value: 1 } as const,
    ]),
  ];
}

/** One more data segment is lost on the way. */
function withLoss(run: RunPlan, number: number): RunPlan {
  const link = run.links[0]!.name;
  const rule = { effect: { kind: 'drop' }, class: 'data segment', which: { kind: 'number', number } } as const;
  return withExtra(run, 0, { kind: 'link-rule', link, ...rule });
}

function withSysctls(run: RunPlan, sysctls: HostPlan['sysctls']): RunPlan {
  return { ...run, hosts: run.hosts.map((host) => ({ ...host, sysctls: { ...host.sysctls, ...sysctls } })) };
}

function withBehaviours(run: RunPlan, of: (process: ProcessPlan) => ProcessPlan['behaviours']): RunPlan {
  return { ...run, processes: run.processes.map((process) => ({ ...process, behaviours: of(process) })) };
}

/** One process never reads. */
function withDeaf(run: RunPlan, deaf: string): RunPlan {
  return withBehaviours(run, ({ name, behaviours, range }) =>
    name === deaf ? [...behaviours, { kind: 'never-reads', range }] : behaviours,
  );
}

/** The trigger and the moment stay, the deed goes. */
function withAction(run: RunPlan, index: number, deed: Action): RunPlan {
  return { ...run, actions: run.actions.map((action, i) => (i === index ? replaced(action, deed) : action)) };
}

function replaced({ trigger, range, text, moment }: ActionPlan, deed: Action): ActionPlan {
  return { trigger, range, text, ...(moment === undefined ? {} : { moment }), ...deed };
}

function withExtra(run: RunPlan, time: number, deed: Action): RunPlan {
  const extra = { trigger: { kind: 'at', time }, range: run.range, text: 'spoilt', ...deed } as const;
  return time < 0 ? run : { ...run, actions: [...run.actions, extra] };
}

/** Nothing listens to it, nothing waits for it. */
function harmless(run: RunPlan): Action {
  const { process, connection } = run.actions.find((action) => action.kind === 'connect')!;
  return { kind: 'set-option', process, connection, option: 'TCP_NODELAY', value: 1 };
}
