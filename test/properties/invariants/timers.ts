import type { TimerName } from '../../../extension/trace/schema.ts';
import { hostOf } from '../../engine/support/run.ts';
import { broken, type MakeInvariant } from './invariant.ts';

/** The slots of an end's timers: arming in a slot replaces what is there. */
const SLOT: Readonly<Record<TimerName, number>> = {
  retransmission: 0,
  'tail-loss-probe': 0,
  reordering: 0,
  persist: 0,
  'syn-ack': 0,
  'delayed-ack': 1,
  keepalive: 2,
  'fin-wait-2': 3,
  'time-wait': 3,
  'compressed-ack': 4,
};
const SLOTS = 5;

/** Every armed timer fires in time, is cancelled, replaced, dropped with its end, or pending when the run ends. */
export const timers: MakeInvariant = (trace) => {
  const pending = new Map<string, { readonly timer: TimerName; readonly fires: number }>();
  const alive = new Set<number>();
  const frozen = new Set<string>();
  return {
    see(event) {
      switch (event.kind) {
        case 'end.opened':
          alive.add(event.place);
          return;
        case 'end.gone':
          alive.delete(event.place);
          for (let slot = 0; slot < SLOTS; slot++) pending.delete(`${event.place}/${slot}`);
          return;
        case 'host.frozen':
          if (event.frozen) frozen.add(trace.placeName(event.place));
          else frozen.delete(trace.placeName(event.place));
          return;
        case 'host.state':
          frozen.delete(trace.placeName(event.place));
          return;
        case 'timer.armed':
        case 'timer.fired':
        case 'timer.cancelled': {
          const key = `${event.place}/${SLOT[event.timer]}`;
          const armed = pending.get(key);
          if (event.kind === 'timer.armed') {
            if (!alive.has(event.place)) broken(event, 'its end is gone');
            if (armed !== undefined && armed.timer !== event.timer) broken(event, `${armed.timer} was pending`);
            if (event.deadline < event.time || !Number.isInteger(event.deadline))
              broken(event, `for ${event.deadline}`);
            pending.set(key, { timer: event.timer, fires: event.deadline + event.late });
            return;
          }
          if (armed?.timer !== event.timer) broken(event, `${event.timer} was not pending`);
          if (event.kind === 'timer.fired' && armed.fires !== event.time) broken(event, `due at ${armed.fires}`);
          pending.delete(key);
          return;
        }
        default:
      }
    },
    end() {
      for (const [key, { timer, fires }] of pending)
        if (fires < trace.endTime && !frozen.has(hostOf(trace, Number.parseInt(key, 10))))
          throw new Error(`${timer} should have fired at ${fires}`);
    },
  };
};
