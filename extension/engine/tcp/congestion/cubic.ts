import type { Micros } from '../../../base/time.ts';
import { MILLISECOND, SECOND } from '../../../base/time.ts';
import type { CongestionState } from '../../../scenario/congestion.ts';
import { GSO_MAX_SIZE } from '../constants.ts';
import { jiffyNumber } from '../jiffies.ts';
import type { Seq } from '../seq.ts';
import { after } from '../seq.ts';
import type { Tcb } from '../tcb.ts';
import type { AckSample, CongestionControl } from './congestion-control.ts';
import { cubicRoot } from './cubic-root.ts';
import { growLinearly, isCwndLimited, isInSlowStart, slowStart, undoneCwnd } from './window.ts';

/** 717/1024 of the window remains after a loss: β of RFC 9438 in the kernel's fixed point. */
const BETA_SCALE = 1024;
const BETA = 717;
/** C of RFC 9438 (0.4) in 1/1024. */
const BIC_SCALE = 41;
/** Time is counted in 1/1024 s. */
const BICTCP_HZ = 10;
const FRIENDLY_SCALE = Math.floor(Math.floor((8 * (BETA_SCALE + BETA)) / 3) / (BETA_SCALE - BETA));
const CUBE_RTT_SCALE = BIC_SCALE * 10;
const CUBE_FACTOR = Math.floor(2 ** (10 + 3 * BICTCP_HZ) / CUBE_RTT_SCALE);

/** HyStart looks only at windows from this size on. */
const HYSTART_LOW_WINDOW = 16;
/** ACKs closer than this belong to one train. */
const HYSTART_ACK_DELTA: Micros = 2 * MILLISECOND;
const HYSTART_MIN_SAMPLES = 8;
const HYSTART_DELAY_MIN: Micros = 4 * MILLISECOND;
const HYSTART_DELAY_MAX: Micros = 16 * MILLISECOND;

/**
 * CUBIC with HyStart (RFC 9438, RFC 9406's ancestor) in the kernel's integers (tcp_cubic.c): between losses the window is a
 * cubic function of time around the one at which the last loss came, and never less than Reno's.
 */
export class Cubic implements CongestionControl {
  readonly name = 'cubic';
  private readonly tcb: Tcb;

  /** Delivered segments that make the window grow by one. */
  private cnt = 0;
  private lastMaxCwnd = 0;
  private lastCwnd = 0;
  /** Jiffies. */
  private lastTime = 0;
  private originPoint = 0;
  /** Time from the start of the epoch to the origin point, in 1/1024 s. */
  private k = 0;
  private delayMin: Micros = 0;
  /** Jiffies; undefined between a loss and the first growth after it. */
  private epochStart: number | undefined;
  private ackCnt = 0;
  /** The window that Reno would have. */
  private renoCwnd = 0;

  private found = false;
  private sampleCnt = 0;
  private roundStart: Micros = 0;
  private roundEnd: Seq;
  private lastAck: Micros = 0;
  private currRtt: Micros = Infinity;

  constructor(tcb: Tcb) {
    this.tcb = tcb;
    this.roundEnd = tcb.snd.iss;
  }

  init(): void {
    this.reset();
    this.startRound();
  }

  ssthresh(): number {
    const { cwnd } = this.tcb;
    this.epochStart = undefined;
    // Fast convergence: a loss below the last maximum makes room for others.
    this.lastMaxCwnd = cwnd < this.lastMaxCwnd ? Math.floor((cwnd * (BETA_SCALE + BETA)) / (2 * BETA_SCALE)) : cwnd;
    return Math.max(Math.floor((cwnd * BETA) / BETA_SCALE), 2);
  }

  congAvoid(acked: number): void {
    const { tcb } = this;
    if (!isCwndLimited(tcb)) return;
    const rest = isInSlowStart(tcb) ? slowStart(tcb, acked) : acked;
    if (rest === 0) return;
    this.update(tcb.cwnd, rest);
    growLinearly(tcb, this.cnt, rest);
  }

  undoCwnd(): number {
    return undoneCwnd(this.tcb);
  }

  setState(state: CongestionState): void {
    if (state === 'Loss') this.init();
  }

  /** Idle time does not count: the curve is shifted by it. */
  onTransmitStart(): void {
    if (this.epochStart === undefined) return;
    const idle = this.now - jiffyNumber(this.tcb.lastDataSentAt, this.tcb.kernel.hz);
    if (idle > 0) this.epochStart = Math.min(this.epochStart + idle, this.now);
  }

  onAcked({ rtt }: AckSample): void {
    if (rtt === undefined) return;
    // The queue of the recovery just ended says nothing about the path.
    if (this.epochStart !== undefined && this.now - this.epochStart < this.tcb.kernel.hz) return;
    const delay = Math.max(1, rtt);
    if (this.delayMin === 0 || this.delayMin > delay) this.delayMin = delay;
    if (!this.found && isInSlowStart(this.tcb)) this.hystart(delay);
  }

  /** Jiffies. */
  private get now(): number {
    return jiffyNumber(this.tcb.now, this.tcb.kernel.hz);
  }

  private reset(): void {
    this.cnt = 0;
    this.lastMaxCwnd = 0;
    this.lastCwnd = 0;
    this.lastTime = 0;
    this.originPoint = 0;
    this.k = 0;
    this.delayMin = 0;
    this.epochStart = undefined;
    this.ackCnt = 0;
    this.renoCwnd = 0;
    this.found = false;
  }

  /** `bictcp_update`: how many delivered segments the next step of the window takes. */
  private update(cwnd: number, acked: number): void {
    const { hz } = this.tcb.kernel;
    const { now } = this;
    this.ackCnt += acked;
    if (this.lastCwnd === cwnd && now - this.lastTime <= Math.floor(hz / 32)) return;
    if (this.epochStart === undefined || now !== this.lastTime) {
      this.lastCwnd = cwnd;
      this.lastTime = now;
      this.epochStart ??= this.beginEpoch(cwnd, acked);
      const target = this.target(now - this.epochStart);
      this.cnt = target > cwnd ? Math.floor(cwnd / (target - cwnd)) : 100 * cwnd;
      // Nothing is known of the path yet: 5 % per round trip at least.
      if (this.lastMaxCwnd === 0) this.cnt = Math.min(this.cnt, 20);
    }
    this.keepUpWithReno(cwnd);
    // At most one more for every two delivered.
    this.cnt = Math.max(this.cnt, 2);
  }

  private beginEpoch(cwnd: number, acked: number): number {
    this.ackCnt = acked;
    this.renoCwnd = cwnd;
    if (this.lastMaxCwnd <= cwnd) {
      this.k = 0;
      this.originPoint = cwnd;
    } else {
      this.k = cubicRoot(CUBE_FACTOR * (this.lastMaxCwnd - cwnd));
      this.originPoint = this.lastMaxCwnd;
    }
    return this.now;
  }

  /** The window that the curve wants `elapsed` jiffies after the epoch began: origin ± C (t − K)³. */
  private target(elapsed: number): number {
    const { hz } = this.tcb.kernel;
    const jiffies = elapsed + Math.ceil((this.delayMin * hz) / SECOND);
    const t = Math.floor((jiffies * 2 ** BICTCP_HZ) / hz);
    const delta = cubed(Math.abs(t - this.k));
    return t < this.k ? this.originPoint - delta : this.originPoint + delta;
  }

  /** The TCP-friendly region (RFC 9438 §4.3). */
  private keepUpWithReno(cwnd: number): void {
    const perSegment = Math.floor((cwnd * FRIENDLY_SCALE) / 8);
    if (this.ackCnt > perSegment) {
      const steps = Math.ceil(this.ackCnt / perSegment) - 1;
      this.ackCnt -= steps * perSegment;
      this.renoCwnd += steps;
    }
    if (this.renoCwnd > cwnd) this.cnt = Math.min(this.cnt, Math.floor(cwnd / (this.renoCwnd - cwnd)));
  }

  /** `bictcp_hystart_reset`. */
  private startRound(): void {
    this.roundStart = this.lastAck = this.tcb.now;
    this.roundEnd = this.tcb.snd.nxt;
    this.currRtt = Infinity;
    this.sampleCnt = 0;
  }

  /** Ends slow start before it floods a queue: when a train of ACKs is as long as the path, or the delay grows (`hystart_update`). */
  private hystart(delay: Micros): void {
    const { tcb } = this;
    if (after(tcb.snd.una, this.roundEnd)) this.startRound();
    if (tcb.cwnd < HYSTART_LOW_WINDOW) return;
    if (tcb.now - this.lastAck <= HYSTART_ACK_DELTA) {
      this.lastAck = tcb.now;
      const threshold = Math.floor((this.delayMin + aggregationDelay(tcb)) / 2);
      if (tcb.now - this.roundStart > threshold) this.leaveSlowStart();
    }
    this.currRtt = Math.min(this.currRtt, delay);
    if (this.sampleCnt < HYSTART_MIN_SAMPLES) {
      this.sampleCnt++;
      return;
    }
    const tolerance = Math.min(Math.max(Math.floor(this.delayMin / 8), HYSTART_DELAY_MIN), HYSTART_DELAY_MAX);
    if (this.currRtt > this.delayMin + tolerance) this.leaveSlowStart();
  }

  private leaveSlowStart(): void {
    this.found = true;
    this.tcb.ssthresh = this.tcb.cwnd;
  }
}

/** C × offset³ in segments (`cube_rtt_scale * offs^3 >> 40`); wraps at 64 bits as the kernel's product does. */
function cubed(offset: number): number {
  const product = CUBE_RTT_SCALE * offset * offset * offset;
  const divisor = 2 ** (10 + 3 * BICTCP_HZ);
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / divisor);
  const exact = BigInt.asUintN(64, BigInt(CUBE_RTT_SCALE) * BigInt(offset) ** 3n);
  return Number(exact / BigInt(divisor));
}

/** How long sending and receiving in large chunks may hold segments back (`hystart_ack_delay`). */
function aggregationDelay(tcb: Tcb): Micros {
  return Math.min(MILLISECOND, Math.floor((GSO_MAX_SIZE * 4 * SECOND) / tcb.pacingRate));
}
