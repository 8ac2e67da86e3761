/** Seconds: on the clock, and of the processor that the simulating thread had. On an idle machine they are the same. */
export interface Taken {
  readonly wall: number;
  readonly processor: number;
}

/** What `bulk.ts` prints. */
export interface BulkRun {
  /** Segments sent, by both ends. */
  readonly packets: number;
  readonly events: number;
  /** The trace's. */
  readonly bytes: number;
  /** The largest window offered, bytes. */
  readonly window: number;
  /** The first run of a fresh process, and the last of those that followed in it. */
  readonly first: Taken;
  readonly again: Taken;
  /** The second half of the first run, when the compiler has done its work: its share of the events, and what it took. */
  readonly secondHalf: { readonly share: number; readonly taken: Taken };
}

/** What `ns3-bulk.cc` prints. */
export interface Ns3Run {
  readonly packets: number;
  readonly taken: Taken;
}

/** The middle one of a few values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** What `catalogue.ts` prints. Milliseconds of the processor. */
export interface CatalogueFigures {
  readonly runs: number;
  readonly whole: number;
  /** First runs of some scenarios, with the virtual time that they take, in seconds. */
  readonly some: readonly { readonly id: string; readonly virtual: number; readonly taken: number }[];
}
