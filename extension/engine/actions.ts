import { assertDefined, assertNever } from '../base/assert.ts';
import type { ActionPlan } from '../scenario/plan.ts';
import type { EventFields, EventId, PlaceId } from '../trace/event.ts';
import { listen, setAccepting } from './host/accept.ts';
import { connect } from './host/connect.ts';
import type { Host } from './host/host.ts';
import type { Process } from './host/process.ts';
import * as calls from './host/scenario-calls.ts';
import { Firewall } from './network/firewall.ts';
import type { Link } from './network/link.ts';
import { Nat } from './network/nat.ts';
import { Router } from './network/router.ts';
import type { Recorder } from './recorder.ts';
import type { World } from './world.ts';

type Refusal = EventFields<'scenario.skipped'>['reason'];

/** What a statement wants to happen, and where; or why it cannot happen now. */
interface Deed {
  readonly place: PlaceId;
  readonly refusal?: Refusal;
  readonly act: () => void;
}

/** Carries out one statement. @returns the event that says so: everything that follows is caused by it. */
export function carryOut(action: ActionPlan, index: number, world: World, recorder: Recorder): EventId {
  const deed = deedOf(action, world);
  if (deed.refusal !== undefined) {
    return recorder.record('scenario.skipped', deed.place, { action: index, reason: deed.refusal });
  }
  const event = recorder.record('scenario.action', deed.place, { action: index });
  recorder.causedBy(event, deed.act);
  return event;
}

function deedOf(action: ActionPlan, world: World): Deed {
  switch (action.kind) {
    case 'host-power-loss':
    case 'host-shutdown':
    case 'host-boot':
    case 'host-freeze':
    case 'host-resume':
      return hostDeed(action, assertDefined(world.hosts.get(action.host), action.host));
    case 'link-cut':
    case 'link-restore':
    case 'link-rule':
    case 'link-change':
      return linkDeed(action, assertDefined(world.links.get(action.link), action.link), world);
    case 'host-carrier':
    case 'host-queue':
    case 'host-route':
      return lastHopDeed(action, assertDefined(world.hosts.get(action.host), action.host), world);
    case 'router-report':
    case 'router-forward':
    case 'firewall-rule':
    case 'firewall-open':
    case 'nat-forget':
      return middleboxDeed(action, assertDefined(world.middleboxes.get(action.middlebox), action.middlebox), world);
    default: {
      const { process, host } = assertDefined(world.processes.get(action.process), action.process);
      return processDeed(action, process, host, world);
    }
  }
}

type HostAction = Extract<
  ActionPlan,
  { readonly kind: `host-${'power-loss' | 'shutdown' | 'boot' | 'freeze' | 'resume'}` }
>;

function hostDeed(action: HostAction, host: Host): Deed {
  switch (action.kind) {
    case 'host-power-loss':
      return { place: host.place, ...refuseUnless(host.isOn, 'host-off'), act: () => host.losePower() };
    case 'host-shutdown':
      return { place: host.place, ...refusalOf(host), act: () => host.shutDown() };
    case 'host-boot':
      return { place: host.place, ...refuseUnless(!host.isOn, 'already-running'), act: () => host.boot() };
    case 'host-freeze':
      return { place: host.place, ...refusalOf(host), act: () => host.freeze() };
    case 'host-resume':
      return { place: host.place, ...refuseUnless(host.isFrozen, 'not-frozen'), act: () => host.resume() };
  }
}

type LinkAction = Extract<ActionPlan, { kind: 'link-cut' | 'link-restore' | 'link-rule' | 'link-change' }>;

function linkDeed(action: LinkAction, link: Link, world: World): Deed {
  const from = action.from === undefined ? undefined : assertDefined(world.hosts.get(action.from), action.from);
  const between = action.kind === 'link-cut' || action.kind === 'link-restore' ? action.between : undefined;
  const stretch = between && link.stretchBetween(...between);
  return {
    place: link.place,
    act: () => {
      switch (action.kind) {
        case 'link-cut':
          link.cut(from, stretch);
          break;
        case 'link-restore':
          link.restore(from, stretch);
          break;
        case 'link-rule':
          link.addRule(action, from);
          break;
        case 'link-change':
          link.set(action.setting, from);
          break;
      }
    },
  };
}

type LastHopAction = Extract<ActionPlan, { kind: 'host-carrier' | 'host-queue' | 'host-route' }>;

function lastHopDeed(action: LastHopAction, host: Host, world: World): Deed {
  if (action.kind === 'host-route') {
    const to = assertDefined(world.hosts.get(action.to), action.to);
    return { place: host.place, act: () => host.setRoute(to, action.present) };
  }
  const link = action.link === undefined ? undefined : assertDefined(world.links.get(action.link), action.link);
  if (action.kind === 'host-queue') return { place: host.place, act: () => host.setQueue(action.full, link) };
  return { place: host.place, act: () => host.setCarrier(action.up, link) };
}

type MiddleboxAction = Extract<ActionPlan, { readonly middlebox: string }>;

function middleboxDeed(action: MiddleboxAction, box: Router | Firewall | Nat, world: World): Deed {
  const { place } = box;
  if (box instanceof Router && action.kind === 'router-report') {
    const to = action.host === undefined ? undefined : assertDefined(world.hosts.get(action.host), action.host);
    return { place, act: () => box.report(action.message, to) };
  }
  if (box instanceof Router && action.kind === 'router-forward') return { place, act: () => box.forward() };
  if (box instanceof Firewall && action.kind === 'firewall-rule') return { place, act: () => box.add(action) };
  if (box instanceof Firewall && action.kind === 'firewall-open') return { place, act: () => box.open() };
  if (box instanceof Nat && action.kind === 'nat-forget') return { place, act: () => box.forget(action.connection) };
  throw new Error(`${box.name} cannot do ${action.kind}`);
}

type ProcessAction = Exclude<ActionPlan, HostAction | LastHopAction | LinkAction | MiddleboxAction>;

function processDeed(action: ProcessAction, process: Process, host: Host, world: World): Deed {
  const { place } = process;
  const { refusal } = refusalOf(host);
  if (refusal !== undefined) return { place, refusal, act: () => undefined };
  if (action.kind === 'process-start') {
    return { place, ...refuseUnless(!process.running, 'already-running'), act: () => process.start(host.kernel) };
  }
  if (!process.running) return { place, refusal: 'process-dead', act: () => undefined };
  switch (action.kind) {
    case 'process-fork': {
      const { process: child } = assertDefined(world.processes.get(action.child), action.child);
      return { place, ...refuseUnless(!child.running, 'already-running'), act: () => process.fork(child) };
    }
    case 'process-kill':
      return { place, act: () => process.end('killed') };
    case 'process-exit':
      return { place, act: () => process.end('exited') };
    case 'listen':
      return { place, act: () => listen(process, action.port, action.backlog ?? SOMAXCONN, action.reuseAddress) };
    case 'connect': {
      const remote = assertDefined(world.hosts.get(action.host), action.host);
      const target = { place: remote.place, address: remote.address, port: action.port };
      return { place, act: () => connect(process, target, action.connection, action) };
    }
    case 'stop-accepting':
    case 'resume-accepting':
      return { place, act: () => setAccepting(process, action.kind === 'resume-accepting') };
    case 'send':
      return { place, act: () => calls.sendOn(process, action.connection, action.bytes, action) };
    case 'get-error':
      return { place, act: () => calls.getError(process, action.connection) };
    case 'connect-again':
      return { place, act: () => calls.connectOnceMore(process, action.connection) };
    case 'close':
      return { place, act: () => calls.closeNamed(process, action.connection) };
    case 'shutdown-write':
      return { place, act: () => calls.shutdown(process, action.connection, 'SHUT_WR') };
    case 'shutdown-read':
      return { place, act: () => calls.shutdown(process, action.connection, 'SHUT_RD') };
    case 'poll':
      return { place, act: () => calls.poll(process, action.connection) };
    case 'set-option':
      return { place, act: () => calls.setOption(process, action.connection, action.option, action.value) };
    case 'stop-reading':
    case 'resume-reading':
      return {
        place,
        ...refuseUnless(process.descriptors.named(action.connection) !== undefined, 'no-connection'),
        act: () => calls.setReading(process, action.connection, action.kind === 'resume-reading'),
      };
    case 'heartbeat':
      return {
        place,
        ...refuseUnless(process.descriptors.named(action.connection) !== undefined, 'no-connection'),
        act: () => calls.startHeartbeat(process, action.connection, action.bytes, action.interval, action.misses),
      };
    default:
      return assertNever(action);
  }
}

/** `net.core.somaxconn` since Linux 5.4. */
const SOMAXCONN = 4096;

/** Why nothing can run on a host. */
function refusalOf(host: Host): { readonly refusal?: Refusal } {
  if (!host.isOn) return { refusal: 'host-off' };
  return refuseUnless(!host.isFrozen, 'host-frozen');
}

function refuseUnless(possible: boolean, refusal: Refusal): { readonly refusal?: Refusal } {
  return possible ? {} : { refusal };
}
