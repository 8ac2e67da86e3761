/** A time axis on which two milliseconds and thirty days both have room: idle time is squeezed. */

/** A stretch of the axis, in µs and in parts of its width. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly right: number;
}

/** Below this two moments are told apart no further. */
const GRAIN = 1_000;
/** The narrowest gap, against the widest. */
const LEAST = 0.35;

/** Maps moments to 0…1, piece by piece between the moments at which something happens. */
export class TimeScale {
  readonly spans: readonly Span[];

  /** @param times when something happens, rising; more than `most` of them are thinned out */
  constructor(times: readonly number[], most = 400) {
    const stops = thinned([...new Set(times)], most);
    const weights = stops.slice(1).map((time, i) => LEAST + Math.log10(1 + (time - (stops[i] as number)) / GRAIN));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const spans: Span[] = [];
    let left = 0;
    for (const [i, weight] of weights.entries()) {
      const right = i === weights.length - 1 ? 1 : left + weight / total;
      spans.push({ from: stops[i] as number, to: stops[i + 1] as number, left, right });
      left = right;
    }
    this.spans = spans;
  }

  /** Where a moment lies, 0…1. */
  position(time: number): number {
    const span = this.first(({ to }) => time <= to);
    if (span === undefined) return 0;
    const share = span.to === span.from ? 0 : (time - span.from) / (span.to - span.from);
    return span.left + Math.min(1, Math.max(0, share)) * (span.right - span.left);
  }

  /** The moment at a place, 0…1. */
  time(position: number): number {
    const span = this.first(({ right }) => position <= right);
    if (span === undefined) return 0;
    const share = span.right === span.left ? 0 : (position - span.left) / (span.right - span.left);
    return span.from + Math.min(1, Math.max(0, share)) * (span.to - span.from);
  }

  /** The first span that reaches far enough, else the last. */
  private first(reaches: (span: Span) => boolean): Span | undefined {
    let low = 0;
    let high = this.spans.length - 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (reaches(this.spans[middle] as Span)) high = middle;
      else low = middle + 1;
    }
    return this.spans[low];
  }

  /** Gaps so long that their width says nothing of their length: they are to be named. */
  idle(longerThan: number): readonly Span[] {
    return this.spans.filter(({ from, to }) => to - from >= longerThan);
  }
}

function thinned(times: readonly number[], most: number): readonly number[] {
  if (times.length <= most) return times;
  const every = Math.ceil(times.length / most);
  return times.filter((_, i) => i % every === 0 || i === times.length - 1);
}
