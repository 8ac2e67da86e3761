import { assertDefined } from '../base/assert.ts';
import type { MiddleboxPlan } from '../scenario/middlebox.ts';
import type { RunPlan } from '../scenario/plan.ts';
import type { PlaceId } from '../trace/event.ts';
import { Connections } from './connections.ts';
import { HostClock } from './host/host-clock.ts';
import { Host } from './host/host.ts';
import { Process } from './host/process.ts';
import { Firewall } from './network/firewall.ts';
import { Link } from './network/link.ts';
import { Nat } from './network/nat.ts';
import { Router } from './network/router.ts';
import type { Recorder } from './recorder.ts';
import type { Clock, Scheduler } from './scheduler.ts';

/** Everything that a plan describes, by name, brought to life. */
export interface World {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly processes: ReadonlyMap<string, { readonly process: Process; readonly host: Host }>;
  readonly links: ReadonlyMap<string, Link>;
  readonly middleboxes: ReadonlyMap<string, Router | Firewall | Nat>;
  readonly connections: Connections;
}

/** Builds hosts, links and processes and gives them their places, in file order. */
export function buildWorld(plan: RunPlan, scheduler: Scheduler, recorder: Recorder): World {
  const { writer } = recorder;
  const connections = new Connections(writer);
  const hosts = new Map<string, Host>();
  const clocks = new Map<string, Clock>();
  for (const host of plan.hosts) {
    const place = writer.addPlace({ kind: 'host', name: host.name, address: host.address });
    const freezes = plan.actions.some((action) => action.kind === 'host-freeze' && action.host === host.name);
    const clock = freezes ? new HostClock(scheduler) : scheduler;
    clocks.set(host.name, clock);
    hosts.set(host.name, new Host({ plan: host, place, clock, recorder, connections, seed: plan.seed }));
  }
  const processes = new Map<string, { process: Process; host: Host }>();
  for (const { name, host: hostName, behaviours, forked = false } of plan.processes) {
    const host = assertDefined(hosts.get(hostName), `host ${hostName}`);
    const clock = assertDefined(clocks.get(hostName), `clock of ${hostName}`);
    const place = writer.addPlace({ kind: 'process', name, host: host.place, ...(forked ? { forked } : {}) });
    const process = new Process({ name, place, scheduler: clock, recorder, behaviours, kernel: host.kernel });
    process.running = !forked;
    host.processes.push(process);
    processes.set(name, { process, host });
  }
  const links = new Map<string, Link>();
  const middleboxes = new Map<string, Router | Firewall | Nat>();
  for (const link of plan.links) {
    const a = assertDefined(hosts.get(link.ends[0]), `host ${link.ends[0]}`);
    const b = assertDefined(hosts.get(link.ends[1]), `host ${link.ends[1]}`);
    const place = writer.addPlace({ kind: 'link', name: link.name, hosts: [a.place, b.place] });
    const standings = standingsOn(plan, link.name).map((box) => {
      const boxPlace = writer.addPlace({ kind: 'middlebox', role: box.kind, name: box.name, link: place });
      const made = makeBox(box, boxPlace, { scheduler, recorder, connections });
      middleboxes.set(box.name, made);
      return { box: made, distance: box.distance };
    });
    const mayHaveRules = plan.actions.some((action) => action.kind === 'link-rule' && action.link === link.name);
    const ends = [a, b] as const;
    const built = new Link({ place, ends, plan: link, mayHaveRules, standings, seed: plan.seed, scheduler, recorder });
    a.links.push(built);
    b.links.push(built);
    links.set(link.name, built);
  }
  return { hosts, processes, links, middleboxes, connections };
}

/** The middleboxes of a link, from its first end to its second: those that say where they stand by that, the others in file order. */
function standingsOn(plan: RunPlan, link: string): readonly MiddleboxPlan[] {
  const own = (plan.middleboxes ?? []).filter((box) => box.link === link);
  return own.every(({ distance }) => distance !== undefined)
    ? own.toSorted((a, b) => (a.distance ?? 0) - (b.distance ?? 0))
    : own;
}

function makeBox(
  plan: MiddleboxPlan,
  place: PlaceId,
  world: { readonly scheduler: Scheduler; readonly recorder: Recorder; readonly connections: Connections },
): Router | Firewall | Nat {
  switch (plan.kind) {
    case 'router':
      return new Router(plan, place, world.scheduler, world.recorder);
    case 'firewall':
      return new Firewall(plan, place, world);
    case 'nat':
      return new Nat(plan, place, world);
  }
}
