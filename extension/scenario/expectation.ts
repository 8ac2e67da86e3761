/** What an author expects of a run. Checked against the trace alone. */
import type { Micros } from '../base/time.ts';
import type { Errno } from './errno.ts';
import type { SourceRange } from './source.ts';
import type { TcpState } from './tcp-state.ts';

export type ExpectationPlan = {
  readonly range: SourceRange;
  /** As written, without `expect`, indentation and comment. */
  readonly text: string;
  readonly when: TimeConstraint;
} & Expectation;

/** A moment: an offset from the start of the run, from a named moment, or from the last segment that an end received. */
export interface TimeReference {
  readonly base:
    | { readonly kind: 'start' }
    | { readonly kind: 'moment'; readonly name: string }
    /** The last segment that the subject's end received. Only where what is expected happens at an end, at a process or at a host. */
    | { readonly kind: 'last-received' }
    /** The first time that this happens. */
    | { readonly kind: 'happening'; readonly event: Happening };
  readonly offset: Micros;
}

/** When the expected event must happen. Exact unless a tolerance is given. */
export type TimeConstraint =
  | { readonly kind: 'any' }
  | { readonly kind: 'at'; readonly time: TimeReference; readonly tolerance: Micros }
  /** From `of` up to and including `duration` later. */
  | { readonly kind: 'within'; readonly duration: Micros; readonly of: TimeReference }
  /** Strictly before. */
  | { readonly kind: 'before'; readonly time: TimeReference }
  /** Strictly after. */
  | { readonly kind: 'after'; readonly time: TimeReference }
  /** Both included, unless it ends just before `to`: then what happens at `to` itself does not count any more. */
  | {
      readonly kind: 'between';
      readonly from: TimeReference;
      readonly to: TimeReference;
      readonly endsJustBefore?: true;
    };

/** The kinds of segment that can be counted or awaited, in the words of the file. */
export const SEGMENT_CLASSES = [
  'segment',
  'SYN',
  'SYN-ACK',
  /** A bare acknowledgement: ACK alone, no data. */
  'ACK',
  'FIN',
  'RST',
  /** Carries data. */
  'data segment',
  'retransmission',
  'RTO retransmission',
  'fast retransmission',
  'tail loss probe',
  'keepalive probe',
  'window probe',
  'challenge ACK',
  /** Tells of a window that a read made larger. */
  'window update',
  /** Offers no window: nothing may be sent. */
  'zero window',
] as const;

export type SegmentClass = (typeof SEGMENT_CLASSES)[number];

/** System calls whose outcome can be expected. */
export const CALLS = [
  'listen',
  'accept',
  'connect',
  'send',
  'recv',
  'close',
  'shutdown',
  'setsockopt',
  'getsockopt',
  'poll',
] as const;
export type CallName = (typeof CALLS)[number];

export type Expectation =
  /** `CONN on HOST is STATE at T` (or during all of `between … and …`); `is gone` is CLOSED. */
  | { readonly kind: 'state'; readonly connection: string; readonly host: string; readonly state: TcpState }
  /** `CONN on HOST becomes STATE at T`: the change happens then. */
  | { readonly kind: 'transition'; readonly connection: string; readonly host: string; readonly state: TcpState }
  /** `CONN on HOST fails with ERRNO`: the kernel puts this error on the socket. */
  | { readonly kind: 'failure'; readonly connection: string; readonly host: string; readonly errno: Errno }
  /** `CONN on HOST never fails`. */
  | { readonly kind: 'no-failure'; readonly connection: string; readonly host: string }
  /** `CONN on HOST reads EOF`: the application's recv returns 0. */
  | { readonly kind: 'eof'; readonly connection: string; readonly host: string }
  /** `CONN on HOST reads N B`: so many bytes in all reached the application (by the time given). */
  | { readonly kind: 'bytes-read'; readonly connection: string; readonly host: string; readonly bytes: number }
  /** `PROCESS's CALL [on CONN] fails with ERRNO` or `succeeds`. */
  | {
      readonly kind: 'call';
      readonly process: string;
      readonly call: CallName;
      readonly connection?: string;
      readonly errno?: Errno;
    }
  /** `PROCESS's poll on CONN reports IN RDHUP`: a poll() returns with exactly these events. `events`: bits of POLL_EVENTS. */
  | { readonly kind: 'poll'; readonly process: string; readonly connection: string; readonly events: number }
  /** `HOST sends a CLASS at T`: at least one such segment leaves then. */
  | { readonly kind: 'sends'; readonly host: string; readonly class: SegmentClass }
  /**
   * `N CLASSes [from HOST]`, `no CLASS …`: how many leave, over the whole run or the time given. `… are lost [on LINK]`,
   * `… are duplicated`: to how many that happens.
   */
  | {
      readonly kind: 'count';
      readonly class: SegmentClass;
      readonly host?: string;
      readonly count: number;
      readonly comparison: 'exactly' | 'at-least' | 'at-most';
      readonly fate?: 'lost' | 'duplicated';
      /** Only what happens there. */
      readonly link?: string;
    }
  /** `PROCESS's accept queue holds N connections`: so many wait at its listening ports. */
  | { readonly kind: 'accept-queue'; readonly process: string; readonly length: number }
  /** `PROCESS gives up on CONN`: its heartbeat found the peer gone. */
  | { readonly kind: 'gives-up'; readonly process: string; readonly connection: string };

export type ExpectationKind = Expectation['kind'];

/** What happens at one point in time, so that something else can come before or after it. */
export type Happening = Extract<
  Expectation,
  { readonly kind: 'transition' | 'failure' | 'eof' | 'call' | 'poll' | 'sends' | 'gives-up' }
>;
