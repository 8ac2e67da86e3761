import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Line } from '../../../extension/engine/network/line.ts';
import { newPacket } from '../../../extension/engine/network/packet.ts';

it('gives out in order what was put in, however much is in it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -40, max: 60 }), { maxLength: 30 }), (steps) => {
      const line = new Line();
      const expected: number[] = [];
      let number = 0;
      for (const step of steps) {
        for (let i = 0; i < step; i++) {
          const sent = number++;
          const purpose = sent % 2 === 0 ? 'data' : 'ack';
          line.push({ ...newPacket(), purpose, sent, cause: sent + 1, at: 2 * sent, order: 7 * sent });
          expected.push(sent);
        }
        for (let i = 0; i > step && expected.length > 0; i--) {
          const first = expected.shift() ?? 0;
          expect([line.at, line.order]).toEqual([2 * first, 7 * first]);
          const packet = newPacket();
          expect(line.shift(packet)).toBe(true);
          const { segment, purpose, sent, cause, at, order } = packet;
          expect(segment).toBe(newPacket().segment);
          expect([purpose, sent, cause, at, order]).toEqual([
            first % 2 === 0 ? 'data' : 'ack',
            first,
            first + 1,
            2 * first,
            7 * first,
          ]);
        }
        expect(line.length).toBe(expected.length);
      }
      while (line.shift(newPacket()));
      expect(line.length).toBe(0);
    }),
  );
});
