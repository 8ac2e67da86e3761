import type { Micros } from '../../base/time.ts';
import { ceilToJiffy } from './jiffies.ts';
import type { Seq } from './seq.ts';
import { after, seq } from './seq.ts';

/**
 * SRTT, RTTVAR and RTO as Linux computes them (`tcp_rtt_estimator`, `tcp_set_rto` in tcp_input.c), in its fixed point.
 *
 * Where RFC 6298 floors the RTO at 1 s, Linux floors the variance term at 200 ms, so that RTO = SRTT + 200 ms on a steady
 * path. `>> n` of the kernel is Math.floor(x / 2^n) here: values pass 2^31 on slow paths.
 */
export class RttEstimator {
  /** 8 × SRTT in µs, as rates are reckoned with; 0 = no sample yet. Changed by nobody else. */
  eightSrtt = 0;
  /** µs; 0 = no sample yet. */
  srtt: Micros = 0;
  private mdev4 = 0;
  private mdevMax4 = 0;
  private rttvar4 = 0;
  private rttSeq: Seq = seq(0);

  /** µs: the deviation term of the RTO, a quarter of which RFC 6298 calls RTTVAR. */
  get rttvar(): Micros {
    return Math.floor(this.rttvar4 / 4);
  }

  /** 4 × the smoothed mean deviation in µs, without the floor (`mdev_us`). */
  get meanDeviation4(): number {
    return this.mdev4;
  }

  get hasSample(): boolean {
    return this.eightSrtt !== 0;
  }

  /**
   * Takes one measurement.
   * @param una SND.UNA and @param nxt SND.NXT: they delimit the round trip over which the deviation's maximum is taken.
   */
  sample(measured: Micros, una: Seq, nxt: Seq, rtoMin: Micros): void {
    const m = measured > 1 ? measured : 1;
    if (this.eightSrtt === 0) {
      this.eightSrtt = m * 8;
      this.srtt = m;
      this.mdev4 = m * 2;
      this.rttvar4 = Math.max(this.mdev4, rtoMin);
      this.mdevMax4 = this.rttvar4;
      this.rttSeq = nxt;
      return;
    }
    let err = m - this.srtt;
    this.eightSrtt += err;
    if (err < 0) {
      err = -err - Math.floor(this.mdev4 / 4);
      // A falling RTT raises the deviation eight times more slowly.
      if (err > 0) err = Math.floor(err / 8);
    } else {
      err -= Math.floor(this.mdev4 / 4);
    }
    this.mdev4 += err;
    if (this.mdev4 > this.mdevMax4) {
      this.mdevMax4 = this.mdev4;
      if (this.mdevMax4 > this.rttvar4) this.rttvar4 = this.mdevMax4;
    }
    if (after(una, this.rttSeq)) {
      if (this.mdevMax4 < this.rttvar4) this.rttvar4 -= Math.floor((this.rttvar4 - this.mdevMax4) / 4);
      this.rttSeq = nxt;
      this.mdevMax4 = rtoMin;
    }
    if (this.eightSrtt < 1) this.eightSrtt = 1;
    this.srtt = Math.floor(this.eightSrtt / 8);
  }

  /** No sample came from the handshake: `tcp_init_metrics` assumes 3 s. */
  assume(fallback: Micros): void {
    this.rttvar4 = fallback;
    this.mdev4 = fallback;
    this.mdevMax4 = fallback;
  }

  /** RTO without backoff, rounded up to a jiffy (`__tcp_set_rto`, `tcp_bound_rto`). */
  rto(hz: number, rtoMax: Micros): Micros {
    const rto = ceilToJiffy(this.srtt + this.rttvar4, hz);
    return rto < rtoMax ? rto : rtoMax;
  }
}
