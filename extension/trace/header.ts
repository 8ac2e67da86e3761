import type { LocalizedText, SourceRange } from '../scenario/source.ts';
import type { SysctlValue } from '../scenario/sysctl.ts';

/** What a trace says of its run before the first event. */
export interface TraceHeader {
  readonly version: number;
  readonly scenario: LocalizedText;
  readonly question?: LocalizedText;
  readonly takeaway?: LocalizedText;
  readonly variant?: LocalizedText;
  readonly hosts: readonly TraceHost[];
  readonly actions: readonly TraceStatement[];
  readonly expectations: readonly TraceStatement[];
}

export interface TraceHost {
  readonly name: string;
  readonly address: string;
  readonly kernel: string;
  readonly hz: number;
  /** Absent = ideal: timers fire at their deadlines. Wheel: late, as the kernel's timer wheel is. */
  readonly timers?: 'wheel';
  /** Those that differ from the defaults, in the knob's own unit. */
  readonly sysctls: Readonly<Record<string, SysctlValue>>;
}

/** A line of the scenario: where it stands, and as written. */
export interface TraceStatement {
  readonly range: SourceRange;
  readonly text: string;
  /** Its `as NAME`. */
  readonly moment?: string;
}
