import fc from 'fast-check';
import { expect, it } from 'vitest';
import { WaitingPackets } from '../../../extension/engine/network/waiting-packets.ts';

it('whatever comes and goes: as an array has it', () => {
  const step = fc.record({ begins: fc.double({ min: 0, max: 50, noNaN: true }), bytes: fc.nat(1500), goes: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const waiting = new WaitingPackets();
      let model: { readonly begins: number; readonly bytes: number }[] = [];
      let now = 0;
      for (const { begins, bytes, goes } of steps) {
        const last = model.at(-1)?.begins ?? now;
        waiting.push(last + begins, bytes);
        model.push({ begins: last + begins, bytes });
        now += 10 * goes;
        waiting.letGo(now);
        model = model.filter((each) => each.begins > now);
        expect([waiting.count, waiting.bytes]).toEqual([
          model.length,
          model.reduce((sum, each) => sum + each.bytes, 0),
        ]);
      }
      waiting.clear();
      expect([waiting.count, waiting.bytes]).toEqual([0, 0]);
    }),
  );
});
