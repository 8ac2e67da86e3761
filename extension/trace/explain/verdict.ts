/** Belief against truth: what an end believes, what is true about its peer, and when it knows. */
import * as l10n from '@vscode/l10n';
import type { Errno } from '../../scenario/errno.ts';
import type { TcpState } from '../../scenario/tcp-state.ts';
import type { EventFields, EventId, PlaceId } from '../event.ts';
import type { EventKind } from '../schema.ts';
import type { Trace } from '../trace.ts';
import type { EndState, World } from '../world.ts';
import { gaveUpWaiting } from './calls.ts';
import { goneReason } from './describe.ts';
import type { Peer } from './faults.ts';
import { firstFault, obstacle, peerOf } from './faults.ts';
import { rootAction } from './root.ts';
import { clock } from './words.ts';

/** What is true about the other end. */
export type Truth =
  /** Its host is on, its process runs, its end exists, and segments get through. */
  | 'alive'
  /** All of that, but the link is cut in at least one direction, a cable or a route is missing, or a NAT has forgotten them. */
  | 'unreachable'
  /** Its process is gone; its kernel still holds the end. */
  | 'process-dead'
  /** Its host is frozen: a virtual machine that is stopped. */
  | 'host-frozen'
  /** Its host has no power. */
  | 'host-off'
  /** Its host lost power and has booted: it knows nothing of the connection. */
  | 'unknown-after-reboot'
  /** Its end was closed, reset or given up. */
  | 'gone'
  /** Its end has not come into being (yet). */
  | 'none';

export interface Verdict {
  /** The state that this end's kernel holds the connection to be in. CLOSED when it does not exist. */
  readonly believes: TcpState;
  readonly exists: boolean;
  readonly goneBecause?: EventFields<'end.gone'>['reason'];
  /** `nothing received since 0.020 s`. */
  readonly beliefText: string;
  readonly truth: Truth;
  /** `host has no power`. */
  readonly truthText: string;
  /** `since 1.000 s; its end of the connection is gone`. May be empty. */
  readonly truthDetail: string;
  readonly truthSince?: number;
  /** The line of the scenario behind the truth. */
  readonly truthAction?: number;
  /** This end holds the connection to be open, and the other end does not exist (RFC 9293 §3.5.1). */
  readonly halfOpen: boolean;
  readonly halfOpenSince?: number;
  /** When something first happened to the other end in this run, whatever the cursor; undefined = never. */
  readonly faultAt?: number;
  /** When this end's application is told after that, in the whole run; undefined = never. */
  readonly learnsAt?: number;
  readonly learnsBy?: Errno | 'EOF' | 'heartbeat';
  readonly learnsEvent?: EventId;
  /** It has been told by the time of the world asked for. */
  readonly knows: boolean;
  /** `ETIMEDOUT, at 7875.020 s`, or that it never knows. Empty without a fault. */
  readonly learnsText: string;
}

const OPEN: ReadonlySet<TcpState> = new Set<TcpState>([
  'ESTABLISHED',
  'FIN_WAIT_1',
  'FIN_WAIT_2',
  'CLOSE_WAIT',
  'CLOSING',
  'LAST_ACK',
]);

const NO_END: EndState = { state: 'CLOSED', exists: false, variables: [], timers: new Map() };

/** What an end believes at a time, what is true about its peer then, and when it knows. `world` is from `WorldIndex`. */
export function verdict(trace: Trace, world: World, endPlace: PlaceId): Verdict {
  const own = world.ends.get(endPlace) ?? NO_END;
  const peer = peerOf(trace, endPlace);
  const truth = truthAbout(trace, world, peer);
  const halfOpen =
    own.exists &&
    OPEN.has(own.state) &&
    (truth.truth === 'host-off' || truth.truth === 'unknown-after-reboot' || truth.truth === 'gone');
  const goneAt = halfOpen && peer.end !== undefined ? lastAt(trace, world.after, ['end.gone'], peer.end) : undefined;
  const learned = learning(trace, endPlace, peer);
  return {
    believes: own.exists ? own.state : 'CLOSED',
    exists: own.exists,
    ...(own.goneBecause === undefined || own.exists ? {} : { goneBecause: own.goneBecause }),
    beliefText: beliefText(trace, own, endPlace, world),
    ...truth,
    halfOpen,
    ...(goneAt === undefined ? {} : { halfOpenSince: trace.timeAt(goneAt) }),
    ...learned,
    knows: learned.learnsEvent !== undefined && learned.learnsEvent <= world.after,
  };
}

function beliefText(trace: Trace, end: EndState, place: PlaceId, world: World): string {
  if (!end.exists)
    return end.goneBecause === undefined ? l10n.t('no such connection yet') : goneReason(end.goneBecause);
  for (let id = world.after; id >= 0; id--) {
    if (trace.kindAt(id) === 'segment.delivered' && trace.placeAt(id) === place)
      return l10n.t('nothing received since {0}', clock(trace.timeAt(id)));
  }
  return l10n.t('nothing received so far');
}

type TruthPart = Pick<Verdict, 'truth' | 'truthText' | 'truthDetail' | 'truthSince' | 'truthAction'>;

function truthAbout(trace: Trace, world: World, peer: Peer): TruthPart {
  const end = peer.end === undefined ? undefined : world.ends.get(peer.end);
  const at = (...since: readonly (EventId | undefined)[]): Pick<Verdict, 'truthSince' | 'truthAction'> => {
    const id = since.find((each) => each !== undefined);
    if (id === undefined) return {};
    const action = rootAction(trace, id)?.action;
    return { truthSince: trace.timeAt(id), ...(action === undefined ? {} : { truthAction: action }) };
  };
  const goneAt = peer.end === undefined ? undefined : lastAt(trace, world.after, ['end.gone'], peer.end);
  if (world.hostsOn.get(peer.host) === false) {
    const since = at(lastAt(trace, world.after, ['host.state'], peer.host));
    return {
      truth: 'host-off',
      truthText: l10n.t('host has no power'),
      truthDetail: l10n.t('since {0}; its end of the connection is gone', clock(since.truthSince ?? 0)),
      ...since,
    };
  }
  if (end === undefined) return { truth: 'none', truthText: l10n.t('no end of it yet'), truthDetail: '' };
  if (!end.exists) {
    const since = at(goneAt);
    if (end.goneBecause === 'host-off')
      return {
        truth: 'unknown-after-reboot',
        truthText: l10n.t('does not know this connection'),
        truthDetail: l10n.t('it lost power at {0} and has booted since', clock(since.truthSince ?? 0)),
        ...since,
      };
    const reason = end.goneBecause === undefined ? '' : goneReason(end.goneBecause);
    return {
      truth: 'gone',
      truthText: l10n.t('its end is gone'),
      truthDetail: l10n.t('since {0}: {1}', clock(since.truthSince ?? 0), reason),
      ...since,
    };
  }
  const state = l10n.t('its end is {0}', end.state);
  if (peer.process !== undefined && world.processesRunning.get(peer.process) === false) {
    const since = at(lastAt(trace, world.after, ['process.state'], peer.process));
    const detail = l10n.t(
      'since {0}; its kernel still holds the connection: {1}',
      clock(since.truthSince ?? 0),
      end.state,
    );
    return { truth: 'process-dead', truthText: l10n.t('process is dead'), truthDetail: detail, ...since };
  }
  if (world.hostsFrozen.has(peer.host)) {
    const since = at(lastAt(trace, world.after, ['host.frozen'], peer.host));
    return {
      truth: 'host-frozen',
      truthText: l10n.t('host is frozen'),
      truthDetail: l10n.t('since {0}; it answers nothing, and {1}', clock(since.truthSince ?? 0), state),
      ...since,
    };
  }
  const cut = peer.links.find((link) => (world.linksCut.get(link)?.size ?? 0) > 0);
  if (cut !== undefined) {
    const since = at(lastAt(trace, world.after, ['link.state'], cut));
    return {
      truth: 'unreachable',
      truthText: l10n.t('alive, but the link is cut'),
      truthDetail: l10n.t('since {0}; {1}', clock(since.truthSince ?? 0), state),
      ...since,
    };
  }
  const between = obstacle(trace, world.after, peer);
  if (between !== undefined) {
    const since = at(between.event);
    const truthDetail = l10n.t('since {0}; {1}', clock(since.truthSince ?? 0), state);
    return { truth: 'unreachable', truthText: between.text, truthDetail, ...since };
  }
  return { truth: 'alive', truthText: l10n.t('alive'), truthDetail: state };
}

/** The last event of these kinds at a place, not after `until`. */
function lastAt(trace: Trace, until: EventId, kinds: readonly EventKind[], place: PlaceId): EventId | undefined {
  for (let id = until; id >= 0; id--) {
    if (trace.placeAt(id) === place && kinds.includes(trace.kindAt(id))) return id;
  }
  return undefined;
}

type LearningPart = Pick<Verdict, 'faultAt' | 'learnsAt' | 'learnsBy' | 'learnsEvent' | 'learnsText'>;

function learning(trace: Trace, own: PlaceId, peer: Peer): LearningPart {
  const fault = firstFault(trace, peer);
  if (fault === undefined) return { learnsText: '' };
  const faultAt = trace.timeAt(fault);
  for (let id = fault + 1; id < trace.length; id++) {
    if (trace.placeAt(id) !== own) continue;
    const learnsBy = tells(trace, id);
    if (learnsBy === undefined) continue;
    const learnsAt = trace.timeAt(id);
    const word = learnsBy === 'heartbeat' ? l10n.t('its own heartbeat') : learnsBy === 'EOF' ? l10n.t('EOF') : learnsBy;
    return { faultAt, learnsAt, learnsBy, learnsEvent: id, learnsText: l10n.t('{0}, at {1}', word, clock(learnsAt)) };
  }
  const until = trace.endTime;
  return { faultAt, learnsText: l10n.t('never; the run ends at {0}', clock(until)) };
}

function tells(trace: Trace, id: EventId): Verdict['learnsBy'] {
  const event = trace.event(id);
  switch (event.kind) {
    case 'tcp.error':
      return event.soft || event.errno === 'OK' ? undefined : event.errno;
    case 'call.returned':
      if (event.errno !== 'OK' && gaveUpWaiting(event)) return event.errno;
      return event.call === 'recv' && event.errno === 'OK' && event.value === 0 ? 'EOF' : undefined;
    case 'app.decided':
      return event.what === 'gave-up' ? 'heartbeat' : undefined;
    default:
      return undefined;
  }
}
