import { formatDuration, type Micros } from '../../base/time.ts';
import type { ActionPlan, RunPlan } from '../../scenario/plan.ts';
import * as messages from '../problems/messages.ts';
import type { ProblemList, ProblemText } from '../problems/problem.ts';

interface Life {
  /** A child that nobody has forked yet. */
  unborn?: true;
  /** What stopped its virtual machine. */
  frozenBy?: ActionPlan;
  /** What ended it; undefined while it lives. */
  endedBy?: ActionPlan;
  /** Something whose time is not known may have changed it: nothing is said about it any more. */
  uncertain: boolean;
}

/**
 * Plays the fates of hosts and processes in the order of their known times, and reports who acts while dead. What waits for
 * something during the run has no known time; whoever it may kill or start is left alone.
 */
export function checkLifecycle(run: RunPlan, problems: ProblemList): void {
  const hosts = new Map(run.hosts.map(({ name }) => [name, newLife()]));
  const processes = new Map(run.processes.map(({ name }) => [name, newLife()]));
  for (const { name, forked } of run.processes) {
    const life = processes.get(name);
    if (forked === true && life !== undefined) life.unborn = true;
  }
  const hostOf = new Map(run.processes.map(({ name, host }) => [name, host]));
  const timed: { action: ActionPlan; time: Micros }[] = [];
  for (const action of run.actions) {
    const time = timeOf(action);
    if (time !== undefined) timed.push({ action, time });
    else forgetFates(action, hosts, processes, hostOf);
  }
  timed.sort((a, b) => a.time - b.time);
  for (const { action, time } of timed) {
    const problem = play(action, formatDuration(time), hosts, processes, hostOf);
    if (problem !== undefined) problems.add(problem, action.range);
  }
}

function play(
  action: ActionPlan,
  time: string,
  hosts: ReadonlyMap<string, Life>,
  processes: ReadonlyMap<string, Life>,
  hostOf: ReadonlyMap<string, string>,
): ProblemText | undefined {
  if ('middlebox' in action || 'link' in action) return undefined;
  if (action.kind === 'host-carrier' || action.kind === 'host-queue' || action.kind === 'host-route') return undefined;
  if (!('process' in action)) {
    const life = hosts.get(action.host) ?? newLife();
    const { endedBy } = life;
    if (life.uncertain) return undefined;
    if (action.kind === 'host-boot') {
      delete life.endedBy;
      return endedBy === undefined ? messages.alreadyOn(action.host, time) : undefined;
    }
    if (endedBy !== undefined) return messages.noPower(action.host, time, endedBy.text, endedBy.range.start.line + 1);
    const { frozenBy } = life;
    if (action.kind === 'host-resume') {
      delete life.frozenBy;
      return frozenBy === undefined ? messages.notFrozen(action.host, time) : undefined;
    }
    if (frozenBy !== undefined && action.kind !== 'host-power-loss') {
      return messages.isFrozen(action.host, time, frozenBy.text, frozenBy.range.start.line + 1);
    }
    if (action.kind === 'host-freeze') {
      life.frozenBy = action;
      return undefined;
    }
    delete life.frozenBy;
    life.endedBy = action;
    for (const [process, host] of hostOf) {
      const processLife = processes.get(process);
      if (host === action.host && processLife !== undefined) processLife.endedBy ??= action;
    }
    return undefined;
  }
  const host = hostOf.get(action.process) ?? '';
  const hostLife = hosts.get(host) ?? newLife();
  const life = processes.get(action.process) ?? newLife();
  if (life.uncertain || hostLife.uncertain) return undefined;
  const off = hostLife.endedBy;
  if (off !== undefined) return messages.noPower(host, time, off.text, off.range.start.line + 1);
  const { frozenBy } = hostLife;
  if (frozenBy !== undefined) return messages.isFrozen(host, time, frozenBy.text, frozenBy.range.start.line + 1);
  if (life.unborn === true) return messages.notForkedYet(action.process, time);
  if (action.kind === 'process-start') {
    const wasRunning = life.endedBy === undefined;
    delete life.endedBy;
    return wasRunning ? messages.alreadyRunning(action.process, time) : undefined;
  }
  const { endedBy } = life;
  if (endedBy !== undefined) {
    return messages.notRunning(action.process, time, endedBy.text, endedBy.range.start.line + 1);
  }
  if (action.kind === 'process-fork') return bear(processes.get(action.child) ?? newLife(), action.child, time);
  if (action.kind === 'process-kill' || action.kind === 'process-exit') life.endedBy = action;
  return undefined;
}

/** A child begins to run. */
function bear(child: Life, name: string, time: string): ProblemText | undefined {
  const runs = child.unborn !== true && child.endedBy === undefined && !child.uncertain;
  delete child.unborn;
  delete child.endedBy;
  return runs ? messages.alreadyRunning(name, time) : undefined;
}

function forgetFates(
  action: ActionPlan,
  hosts: ReadonlyMap<string, Life>,
  processes: ReadonlyMap<string, Life>,
  hostOf: ReadonlyMap<string, string>,
): void {
  const forget = (life: Life | undefined): void => {
    if (life !== undefined) life.uncertain = true;
  };
  switch (action.kind) {
    case 'host-boot':
    case 'host-shutdown':
    case 'host-power-loss':
    case 'host-freeze':
    case 'host-resume':
      forget(hosts.get(action.host));
      for (const [process, host] of hostOf) {
        if (host === action.host) forget(processes.get(process));
      }
      break;
    case 'process-exit':
    case 'process-kill':
    case 'process-start':
      forget(processes.get(action.process));
      break;
    case 'process-fork':
      forget(processes.get(action.child));
      break;
    default:
  }
}

function timeOf({ trigger }: ActionPlan): Micros | undefined {
  return trigger.kind === 'at' ? trigger.time : trigger.kind === 'every' ? trigger.from : undefined;
}

function newLife(): Life {
  return { uncertain: false };
}
