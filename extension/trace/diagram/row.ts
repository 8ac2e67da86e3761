import type { EventFields, EventId, PlaceId } from '../event.ts';

/** What became of a segment. */
export interface Outcome {
  /** `in-flight`: the run ended first. */
  readonly kind: 'delivered' | 'dropped' | 'ignored' | 'in-flight';
  /** The event that says so; -1 while in flight. */
  readonly event: EventId;
  /** Dropped: on the way, or where nobody was any more. */
  readonly where?: EventFields<'segment.dropped'>['reason'];
  /** How long the link held it up besides the time of the way, µs. */
  readonly heldUp?: number;
  /** It waited before a frozen host: when it was taken, undefined = it still waits. */
  readonly held?: { readonly takenAt: number | undefined };
  /** How long it waits in the queue of the link, µs. */
  readonly waits?: number;
}

/** A connection end entered a state: written beside the arrow that brought it about. */
export interface StateNote {
  readonly event: EventId;
  readonly host: PlaceId;
}

interface RowBase {
  /** The event that the row stands for: what is selected when the row is. */
  readonly event: EventId;
  readonly time: number;
}

/** An arrow. */
export interface SegmentRow extends RowBase {
  readonly kind: 'segment';
  /** Its `segment.sent`. `event` is the same, or the `segment.duplicated` of a copy that the link made. */
  readonly segment: EventId;
  readonly from: PlaceId;
  readonly to: PlaceId;
  readonly outcome: Outcome;
  readonly states: readonly StateNote[];
}

/** Meaning for the eye; a word or a shape always says it as well. */
export type Tone = 'plain' | 'fault' | 'notice' | 'good' | 'error';

/** Something that happened at one host, or (no hosts) to all of the network. */
export interface NoteRow extends RowBase {
  readonly kind: 'note';
  readonly hosts: readonly PlaceId[];
  readonly tone: Tone;
  readonly states: readonly StateNote[];
}

/** No segment is sent until `until`. `event`: that of the line before. */
export interface SilenceRow extends RowBase {
  readonly kind: 'silence';
  readonly until: EventId;
  /** Since the last segment left. */
  readonly duration: number;
}

/** One thing that a reader can step to. */
export type Row = SegmentRow | NoteRow | SilenceRow;

/** Repeated rows, folded into one line. Open, it stands above the rows that it had hidden. */
export interface FoldRow extends RowBase {
  readonly kind: 'fold';
  readonly rows: readonly Row[];
  /** How many rows make one repetition. */
  readonly period: number;
  readonly open: boolean;
}

/** One line of the diagram. */
export type DisplayRow = Row | FoldRow;
