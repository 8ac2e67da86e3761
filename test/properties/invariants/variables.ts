import { diff, seq } from '../../../extension/engine/tcp/seq.ts';
import type { VariableName } from '../../../extension/trace/schema.ts';
import { VARIABLES } from '../../../extension/trace/schema.ts';
import { broken, type MakeInvariant } from './invariant.ts';

/** Never negative, never a fraction. */
const COUNTS = [
  'unread',
  'unsent',
  'rto',
  'cwnd',
  'rcv.wnd',
  'retransmits',
  'backoff',
  'probes_out',
  'in_flight',
] as const;
const FORWARD = ['snd.una', 'snd.nxt', 'rcv.nxt'] as const;

const index = (name: VariableName): number => VARIABLES.indexOf(name);

/** SND.UNA ≤ SND.NXT, and both move forward only, as does RCV.NXT: in sequence space, across 2^32 too. */
export const variables: MakeInvariant = () => {
  const ends = new Map<number, number[]>();
  return {
    see(event) {
      if (event.kind !== 'tcp.variables') return;
      const before = ends.get(event.place);
      const values = before?.slice() ?? VARIABLES.map(() => 0);
      for (let i = 0; i < event.changes.length; i += 2) values[event.changes[i]!] = event.changes[i + 1]!;
      ends.set(event.place, values);
      const value = (name: VariableName): number => values[index(name)]!;
      if (diff(seq(value('snd.nxt')), seq(value('snd.una'))) < 0) broken(event, 'SND.UNA after SND.NXT');
      for (const name of COUNTS) {
        if (!(Number.isSafeInteger(value(name)) && value(name) >= 0)) broken(event, `${name} is ${value(name)}`);
      }
      if (value('cwnd') < 1) broken(event, 'no congestion window');
      for (const name of FORWARD) {
        const old = before?.[index(name)] ?? 0;
        if (old !== 0 && diff(seq(value(name)), seq(old)) < 0)
          broken(event, `${name} from ${old} back to ${value(name)}`);
      }
    },
  };
};
