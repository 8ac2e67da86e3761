import { hostOf } from '../../engine/support/run.ts';
import { broken, type MakeInvariant } from './invariant.ts';

/** What a host's kernel does by itself. */
const DEEDS: ReadonlySet<string> = new Set([
  'segment.sent',
  'segment.delivered',
  'icmp.delivered',
  'arp.sent',
  'arp.delivered',
  'timer.fired',
  'timer.armed',
  'call.entered',
  'tcp.state',
  'tcp.variables',
]);

/** A host without power does nothing, nor does one that is frozen; a process that ended calls nothing. */
export const power: MakeInvariant = (trace) => {
  const off = new Set<string>();
  const dead = new Set(trace.places.flatMap((place, id) => (place.kind === 'process' && place.forked ? [id] : [])));
  const still = (place: number, isStill: boolean): void => {
    if (isStill) off.add(trace.placeName(place));
    else off.delete(trace.placeName(place));
  };
  return {
    see(event) {
      if (event.kind === 'host.state') still(event.place, !event.on);
      if (event.kind === 'host.frozen') still(event.place, event.frozen);
      if (event.kind === 'process.state') {
        if (event.running) dead.delete(event.place);
        else dead.add(event.place);
      }
      const host = hostOf(trace, event.place);
      if (off.has(host) && DEEDS.has(event.kind)) broken(event, `${host} is off or frozen`);
      if (event.kind === 'call.entered' && dead.has(event.process)) broken(event, 'a dead process calls');
    },
  };
};
