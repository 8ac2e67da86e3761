/**
 * SYN cookies: a SYN-ACK whose sequence number is all that the listener keeps of a SYN (net/ipv4/syncookies.c). The number
 * holds the minute and one of four segment sizes; window scale and SACK hide in the lowest bits of the timestamp, if there is one.
 */
import type { Micros } from '../../base/time.ts';
import { MINUTE } from '../../base/time.ts';
import { hash32 } from '../random.ts';
import type { Segment, SegmentOptions } from './segment.ts';
import type { Seq } from './seq.ts';
import { add, seq, unsigned } from './seq.ts';

/** The segment sizes that a cookie can say (`msstab`): the largest that is not above the client's. */
const SIZES = [536, 1300, 1440, 1460] as const;
/** A cookie's minute counts in its upper 8 bits, the size in the 24 below. */
const MINUTE_STEP = 2 ** 24;
/** A cookie is good in the minute in which it was made and in the next (`MAX_SYNCOOKIE_AGE`). */
const GOOD_MINUTES = 2;
/** Bits of the timestamp that say options: 4 of window scale, one of SACK, one of ECN. */
const STAMP_RANGE = 64;
const NO_WINDOW_SCALE = 15;
const SACK_PERMITTED = 16;

/** Who talks to whom: what a cookie is bound to. */
export interface CookiePath {
  readonly seed: number;
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
}

/** What becomes of an ACK that may answer a cookie. */
export type CookieVerdict =
  | { readonly kind: 'valid'; readonly mss: number }
  /** It was ours, two minutes ago or more. */
  | { readonly kind: 'too-old' }
  | { readonly kind: 'none' };

/** The sequence number of the SYN-ACK (`__cookie_v4_init_sequence`). `uptime`: since the host booted. */
export function cookieFor(path: CookiePath, syn: Segment, mss: number, uptime: Micros): Seq {
  const size = SIZES.findLastIndex((each) => each <= mss);
  const minute = minuteOf(uptime);
  const low = (secret(path, minute) + Math.max(0, size)) % MINUTE_STEP;
  return seq(secret(path, -1) + syn.seq + ((minute % 256) * MINUTE_STEP + low));
}

/** Whether the ACK answers a cookie, and what that says (`__cookie_v4_check`). */
export function cookieIn(path: CookiePath, ack: Segment, uptime: Micros): CookieVerdict {
  const sum = unsigned(add(ack.ack, -1) - secret(path, -1) - add(ack.seq, -1));
  const now = minuteOf(uptime);
  const age = (((now - Math.floor(sum / MINUTE_STEP)) % 256) + 256) % 256;
  if (age > now) return { kind: 'none' };
  const size = (((sum - secret(path, now - age)) % MINUTE_STEP) + MINUTE_STEP) % MINUTE_STEP;
  const mss = SIZES[size];
  if (mss === undefined) return { kind: 'none' };
  return age < GOOD_MINUTES ? { kind: 'valid', mss } : { kind: 'too-old' };
}

/** The clock of a cookie's timestamp (`cookie_init_timestamp`): at most 64 ms behind, with the options in its lowest bits. */
export function cookieStamp(clock: number, { windowScale, sackPermitted }: SegmentOptions): number {
  const options = (windowScale ?? NO_WINDOW_SCALE) + (sackPermitted === true ? SACK_PERMITTED : 0);
  const stamp = clock - (clock % STAMP_RANGE) + options;
  return stamp > clock ? stamp - STAMP_RANGE : stamp;
}

/** The options that came back with the ACK (`cookie_timestamp_decode`). `tsOffset`: what the cookie's timestamp had been moved by. */
export function cookieOptions(ack: Segment, tsOffset: number): SegmentOptions {
  const stamp = ack.options.timestamps;
  if (stamp === undefined) return {};
  const bits = unsigned(stamp.tsEcr - tsOffset) % STAMP_RANGE;
  const scale = bits % SACK_PERMITTED;
  return {
    timestamps: stamp,
    sackPermitted: bits % (2 * SACK_PERMITTED) >= SACK_PERMITTED,
    ...(scale === NO_WINDOW_SCALE ? {} : { windowScale: scale }),
  };
}

function minuteOf(uptime: Micros): number {
  return Math.floor(uptime / MINUTE);
}

function secret({ seed, local, localPort, remote, remotePort }: CookiePath, minute: number): number {
  return hash32(seed, 'cookie', local, localPort, remote, remotePort, minute);
}
