import type { Listener } from './listener.ts';

/** Whether a process calls accept(), and what it has told of its listeners' queues. */
export class AcceptState {
  /** As the scenario last said. */
  willing = true;
  /** Each change of mind begins a new round: what an earlier one had set out to do does not happen. */
  round = 0;
  /** Listeners whose accept queue changed in this instant. */
  readonly watched = new Set<Listener>();
  /** How long each queue was when last recorded. */
  readonly queueLengths = new Map<Listener, number>();
}
