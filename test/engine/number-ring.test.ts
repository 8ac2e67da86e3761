import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NumberRing } from '../../extension/engine/number-ring.ts';

it('any numbers in and out: as an array has them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.double({ noNaN: true }), fc.constant('out' as const)), { maxLength: 200 }),
      (steps) => {
        const ring = new NumberRing();
        const model: number[] = [];
        for (const step of steps) {
          if (step === 'out') {
            ring.shift();
            model.shift();
          } else {
            ring.push(step);
            model.push(step);
          }
          expect(ring.length).toBe(model.length);
          if (model.length > 0) expect(ring.first).toBe(model[0]);
        }
        ring.clear();
        expect(ring.length).toBe(0);
      },
    ),
  );
});
