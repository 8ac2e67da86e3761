import { broken, type MakeInvariant } from './invariant.ts';

/** Calls in which a program waits all the time: their entering is not told. */
const WAITED_IN: ReadonlySet<string> = new Set(['accept', 'recv', 'close', 'poll', 'getsockopt']);

/** Calls come in pairs: nothing returns that was not entered. */
export const calls: MakeInvariant = () => {
  const open = new Map<string, number>();
  return {
    see(event) {
      if (event.kind !== 'call.entered' && event.kind !== 'call.returned') return;
      const key = `${event.process} ${event.call}`;
      const count = open.get(key) ?? 0;
      if (event.kind === 'call.entered') open.set(key, count + 1);
      else if (!WAITED_IN.has(event.call)) {
        if (count === 0) broken(event, `${event.call} was not called`);
        open.set(key, count - 1);
      }
    },
  };
};
