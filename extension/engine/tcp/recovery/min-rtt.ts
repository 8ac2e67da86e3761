import type { Micros } from '../../../base/time.ts';

/**
 * The smallest RTT of the last `tcp_min_rtt_wlen` seconds, from three samples only (`minmax_running_min`, lib/minmax.c):
 * the best, the best after it, the best after that one.
 */
export class MinRtt {
  /** µs; Infinity before the first sample. Changed by nobody else. */
  value: Micros = Infinity;
  private at: Micros = 0;
  private second: Micros = Infinity;
  private secondAt: Micros = 0;
  private third: Micros = Infinity;
  private thirdAt: Micros = 0;

  /** Takes a measurement made at `at`; older than `window` does not count. */
  sample(rtt: Micros, at: Micros, window: Micros): void {
    if (rtt <= this.value || at - this.thirdAt > window) {
      this.value = rtt;
      this.at = at;
      this.takeSecond(rtt, at);
      return;
    }
    if (rtt <= this.second) this.takeSecond(rtt, at);
    else if (rtt <= this.third) this.takeThird(rtt, at);
    // `minmax_subwin_update`.
    const age = at - this.at;
    if (age > window) {
      this.forgetBest();
      this.takeThird(rtt, at);
      if (at - this.at > window) this.forgetBest();
    } else if (this.secondAt === this.at && age > window / 4) {
      this.takeSecond(rtt, at);
    } else if (this.thirdAt === this.secondAt && age > window / 2) {
      this.takeThird(rtt, at);
    }
  }

  /** The others move up. */
  private forgetBest(): void {
    this.value = this.second;
    this.at = this.secondAt;
    this.second = this.third;
    this.secondAt = this.thirdAt;
  }

  private takeSecond(rtt: Micros, at: Micros): void {
    this.second = rtt;
    this.secondAt = at;
    this.takeThird(rtt, at);
  }

  private takeThird(rtt: Micros, at: Micros): void {
    this.third = rtt;
    this.thirdAt = at;
  }
}
