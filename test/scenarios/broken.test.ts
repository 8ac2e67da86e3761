import { describe, expect, it } from 'vitest';
import { catalogue, catalogueFile, unmet } from '../support/catalogue.ts';
import { NOTHING_IS_SENT } from './breaks/nothing-is-sent.ts';
import { KEEPALIVE } from './breaks/keepalive.ts';
import { DATA_IS_SENT } from './breaks/data-is-sent.ts';
import { CABLE } from './breaks/cable.ts';
import { FLOW_CONTROL } from './breaks/flow-control.ts';
import { LIVES } from './breaks/lives.ts';
import { CLOSING } from './breaks/closing.ts';
import { LINK } from './breaks/link.ts';
import { LOSS } from './breaks/loss.ts';
import { OPENING } from './breaks/opening.ts';
import { ON_THE_WAY } from './breaks/on-the-way.ts';
import { CORE_QUESTION } from './breaks/core-question.ts';

const BREAKS = [
  ...NOTHING_IS_SENT,
  ...KEEPALIVE,
  ...DATA_IS_SENT,
  ...CABLE,
  ...ON_THE_WAY,
  ...LINK,
  ...LIVES,
  ...CLOSING,
  ...LOSS,
  ...OPENING,
  ...CORE_QUESTION,
  ...FLOW_CONTROL,
];

describe('a scenario that is broken once', () => {
  it.each(BREAKS)('$id: $what', ({ id, change: [from, to], everywhere, also = {} }) => {
    const { name, text } = catalogueFile(id);
    expect(text.split(from), 'the piece stands there once').toHaveLength(2);
    const missed = unmet(
      name,
      text.replace(from, () => to),
    );
    const wanted = Object.keys(missed).map((variant) => [variant, [...everywhere, ...(also[variant] ?? [])].sort()]);
    expect(sorted(missed)).toEqual(Object.fromEntries(wanted));
    expect(Object.keys(also).filter((variant) => !(variant in missed))).toEqual([]);
    expect(Object.values(missed).flat().length).toBeGreaterThan(0);
  });

  it('leaves no scenario whole', () => {
    expect(BREAKS.map(({ id }) => id).sort()).toEqual(
      catalogue()
        .map(({ id }) => id)
        .sort(),
    );
  });
});

function sorted(missed: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(missed).map(([variant, texts]) => [variant, [...texts].sort()]));
}
