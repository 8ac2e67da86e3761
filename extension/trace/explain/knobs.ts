/** Which limit was in force for an end: socket option, sysctl or default, and what Linux makes of it. */
import * as l10n from '@vscode/l10n';
import type { SocketOptionName } from '../../scenario/socket-option.ts';
import type { ScalarSysctl } from '../../scenario/sysctl.ts';
import { defaultsOf, parseVersion } from '../../scenario/kernel-version.ts';
import { SYSCTLS } from '../../scenario/sysctl.ts';
import type { EventId, EventOf, PlaceId } from '../event.ts';
import type { Trace } from '../trace.ts';

/** A number with the name under which a person can change it. */
export interface Knob {
  readonly name: string;
  readonly value: number;
}

/** A sysctl of the host that a place is on: what the scenario set, or the default. */
export function sysctl(trace: Trace, place: PlaceId, name: ScalarSysctl): number {
  const found = trace.places[place];
  const host = found?.kind === 'end' || found?.kind === 'process' ? found.host : place;
  const hostName = trace.placeName(host);
  const plan = trace.header.hosts.find((each) => each.name === hostName);
  const version = plan && parseVersion(plan.kernel);
  const set = plan?.sysctls[name];
  if (typeof set === 'number') return set;
  return (version && defaultsOf(version)[name]) ?? SYSCTLS[name].default;
}

const optionCalls = new WeakMap<Trace, readonly EventOf<'call.entered'>[]>();

/** The last call that set an option on an end before an event. */
export function optionCall(
  trace: Trace,
  end: PlaceId,
  before: EventId,
  option: SocketOptionName,
): EventOf<'call.entered'> | undefined {
  let calls = optionCalls.get(trace);
  if (calls === undefined) {
    calls = [...trace.eventsOf('call.entered')].filter(({ call }) => call === 'setsockopt');
    optionCalls.set(trace, calls);
  }
  return calls.findLast((call) => call.place === end && call.id < before && call.detail.split(' ')[0] === option);
}

const KEEPALIVE_SYSCTLS = {
  TCP_KEEPIDLE: 'tcp_keepalive_time',
  TCP_KEEPINTVL: 'tcp_keepalive_intvl',
  TCP_KEEPCNT: 'tcp_keepalive_probes',
} as const satisfies Partial<Record<SocketOptionName, ScalarSysctl>>;

/** One of the three numbers of keepalive, in s or as a count. */
export function keepaliveKnob(
  trace: Trace,
  end: PlaceId,
  before: EventId,
  option: keyof typeof KEEPALIVE_SYSCTLS,
): Knob {
  const set = optionCall(trace, end, before, option);
  if (set !== undefined && set.value > 0) return { name: option, value: set.value };
  const name = KEEPALIVE_SYSCTLS[option];
  return { name, value: sysctl(trace, end, name) };
}

/** How many unanswered window probes the persist timer allows. */
export function windowProbeLimit(trace: Trace, end: PlaceId): number {
  return sysctl(trace, end, 'tcp_retries2');
}

/** TCP_USER_TIMEOUT in µs; undefined when it is not set. */
export function userTimeout(trace: Trace, end: PlaceId, before: EventId): number | undefined {
  const set = optionCall(trace, end, before, 'TCP_USER_TIMEOUT');
  return set === undefined || set.value === 0 ? undefined : set.value * 1000;
}

/** The base of Linux's give-up model: TCP_RTO_MIN, whatever the real RTO is. */
export const MODEL_BASE = 200_000;

/**
 * The time that a number of retries stands for (`tcp_model_timeout`): the sum of the waits of a connection whose RTO
 * starts at `base` and doubles up to `rtoMax`. All in µs.
 */
export function modelTimeout(retries: number, base: number, rtoMax: number): number {
  const doublings = Math.floor(Math.log2(rtoMax / base));
  if (retries <= doublings) return (2 ** (retries + 1) - 1) * base;
  return (2 ** (doublings + 1) - 1) * base + (retries - doublings) * rtoMax;
}

/** When a retransmitting end gives up, counted from its first retransmission. */
export interface GiveUpLimit extends Knob {
  /** The value in words: `15`, `0 (read as 8)`. */
  readonly shown: string;
  /** µs. */
  readonly limit: number;
}

/** The limit for data of a synchronized connection (`retransmits_timed_out`, `tcp_orphan_retries`). */
export function dataLimit(trace: Trace, end: PlaceId, before: EventId, orphan: boolean): GiveUpLimit {
  const user = userTimeout(trace, end, before);
  if (user !== undefined) return { name: 'TCP_USER_TIMEOUT', value: user / 1000, shown: `${user / 1000}`, limit: user };
  const rtoMax = sysctl(trace, end, 'tcp_rto_max_ms') * 1000;
  const name = orphan ? 'tcp_orphan_retries' : 'tcp_retries2';
  const value = sysctl(trace, end, name);
  // 0 stands for 8, as long as the RTO is below its ceiling.
  const retries = orphan && value === 0 ? 8 : value;
  const shown = retries === value ? `${value}` : l10n.t('{0} (read as {1})', value, retries);
  return { name, value, shown, limit: modelTimeout(retries, MODEL_BASE, rtoMax) };
}
