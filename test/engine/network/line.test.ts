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
          line.push({
            ...newPacket(),
            purpose: sent % 2 === 0 ? 'data' : 'ack',
            sent,
            cause: sent + 1,
            at: sent * 0.5,
            order: 7 * sent,
          });
          expected.push(sent);
        }
        for (let i = 0; i > step; i--) {
          const sent = expected.shift();
          const at = line.firstAt;
          const packet = newPacket();
          expect(line.shiftInto(packet)).toBe(sent !== undefined);
          if (sent === undefined) continue;
          expect(at).toBe(sent * 0.5);
          const purpose = sent % 2 === 0 ? 'data' : 'ack';
          expect(packet).toEqual({ ...newPacket(), purpose, sent, cause: sent + 1, at: sent * 0.5, order: 7 * sent });
        }
        expect(line.length).toBe(expected.length);
        if (expected.length > 0) expect(line.firstOrder).toBe(7 * (expected[0] ?? 0));
      }
    }),
  );
});
