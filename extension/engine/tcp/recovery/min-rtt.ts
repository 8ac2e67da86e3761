import type { Micros } from '../../../base/time.ts';

interface Sample {
  readonly at: Micros;
  readonly rtt: Micros;
}

const NONE: Sample = { at: 0, rtt: Infinity };

/**
 * The smallest RTT of the last `tcp_min_rtt_wlen` seconds, from three samples only (`minmax_running_min`, lib/minmax.c):
 * the best, the best after it, the best after that one.
 */
export class MinRtt {
  private best = NONE;
  private second = NONE;
  private third = NONE;

  /** µs; Infinity before the first sample. */
  get value(): Micros {
    return this.best.rtt;
  }

  /** Takes a measurement made at `at`; older than `window` does not count. */
  sample(rtt: Micros, at: Micros, window: Micros): void {
    const sample = { at, rtt };
    if (rtt <= this.best.rtt || at - this.third.at > window) {
      this.best = this.second = this.third = sample;
      return;
    }
    if (rtt <= this.second.rtt) this.second = this.third = sample;
    else if (rtt <= this.third.rtt) this.third = sample;
    this.age(sample, window);
  }

  /** `minmax_subwin_update`. */
  private age(sample: Sample, window: Micros): void {
    const age = sample.at - this.best.at;
    if (age > window) {
      this.best = this.second;
      this.second = this.third;
      this.third = sample;
      if (sample.at - this.best.at > window) {
        this.best = this.second;
        this.second = this.third;
      }
    } else if (this.second.at === this.best.at && age > window / 4) {
      this.second = this.third = sample;
    } else if (this.third.at === this.second.at && age > window / 2) {
      this.third = sample;
    }
  }
}
