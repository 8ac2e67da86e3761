import type { ActionPlan, RunPlan } from '../../scenario/plan.ts';
import type { SourceRange } from '../../scenario/source.ts';
import * as messages from '../problems/messages.ts';
import type { ProblemList } from '../problems/problem.ts';

/**
 * Reports a run that may never come to rest and does not say how long it is: periodic statements without an end, and heartbeats
 * or keepalive while nothing ends the connection. At most one problem a run: the cure is the same for all.
 */
export function checkEndless(run: RunPlan, problems: ProblemList): void {
  if (run.until !== undefined) return;
  const restless = run.processes
    .flatMap(({ name, behaviours }) => behaviours.map((behaviour) => ({ name, ...behaviour })))
    .find(({ kind }) => kind === 'streams' || kind === 'reconnects');
  if (restless !== undefined) {
    problems.add(messages.neverEnds(`“${restless.name} ${restless.kind} …”`), restless.range);
    return;
  }
  const impatient = impatientListener(run);
  if (impatient !== undefined) {
    problems.add(messages.neverEnds(`“${impatient.name} uses SO_RCVTIMEO …”`), impatient.range);
    return;
  }
  const culprit = run.actions.find((action) => isEndless(action, run));
  if (culprit !== undefined) problems.add(messages.neverEnds(`“${culprit.text}”`), culprit.range);
}

/** A program whose accept() gives up waiting, and is called again. */
function impatientListener(run: RunPlan): { readonly name: string; readonly range: SourceRange } | undefined {
  for (const { name, behaviours } of run.processes) {
    const listens = run.actions.some((action) => action.kind === 'listen' && action.process === name);
    const sleeps = behaviours.every(({ kind }) => kind !== 'never-accepts' && kind !== 'never-blocks');
    const limit = behaviours.find(
      (behaviour) => behaviour.kind === 'uses-option' && behaviour.option === 'SO_RCVTIMEO' && behaviour.value > 0,
    );
    if (listens && sleeps && limit !== undefined) return { name, range: limit.range };
  }
  return undefined;
}

function isEndless(action: ActionPlan, run: RunPlan): boolean {
  if (action.trigger.kind === 'every' && action.trigger.until === undefined) return true;
  const keepsAsking =
    action.kind === 'heartbeat' ||
    (action.kind === 'set-option' && action.option === 'SO_KEEPALIVE' && action.value === 1);
  return keepsAsking && !endsSomehow(run);
}

/** Whether anything in the run can end a connection for good. A cut that is restored does not, nor a host that resumes. */
function endsSomehow(run: RunPlan): boolean {
  if (run.middleboxes?.some((box) => box.kind === 'nat' && box.idle !== undefined) === true) return true;
  if (run.processes.some(({ behaviours }) => behaviours.some(({ kind }) => kind === 'closes-idle'))) return true;
  return run.actions.some((action, index) => {
    switch (action.kind) {
      case 'host-power-loss':
      case 'host-shutdown':
      case 'process-kill':
      case 'process-exit':
      case 'close':
        return true;
      case 'link-cut':
        return !run.actions
          .slice(index + 1)
          .some(({ kind, ...later }) => kind === 'link-restore' && 'link' in later && later.link === action.link);
      case 'host-freeze':
        return !run.actions
          .slice(index + 1)
          .some(({ kind, ...later }) => kind === 'host-resume' && 'host' in later && later.host === action.host);
      default:
        return false;
    }
  });
}
