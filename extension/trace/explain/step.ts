import type { EventId } from '../event.ts';
import type { Rule } from './rules.ts';

/** One step of an explanation, to be shown below the one before. */
export interface WhyStep {
  /** The event that the step speaks of. */
  readonly event: EventId;
  /**
   * A sentence. With `action` it is a phrase without a full stop, to be followed by a colon and the scenario's line as a
   * link (`statementLabel`).
   */
  readonly text: string;
  /** Index into the header's actions: the line of the scenario that is behind it. */
  readonly action?: number;
  readonly rule?: Rule;
}
