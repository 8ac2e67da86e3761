/** The bars along the lifelines: where a host runs, where only its kernel is left, where it has no power. */
import type { DisplayRow } from '../../extension/trace/diagram/row.ts';
import type { PlaceId } from '../../extension/trace/event.ts';
import type { Trace } from '../../extension/trace/trace.ts';
import type { Life } from '../model/life.ts';
import { lifeOf } from '../model/life.ts';
import type { Layout } from './layout.ts';

export interface LifeBar {
  readonly host: PlaceId;
  readonly x: number;
  readonly top: number;
  readonly height: number;
  readonly life: Life;
}

/** The bars of a window of rows. */
export function lifeBars(trace: Trace, rows: readonly DisplayRow[], layout: Layout): readonly LifeBar[] {
  return layout.lifelines.flatMap(({ host, x }) => {
    const changes = lifeOf(trace, host);
    return changes.flatMap(({ event, life }, i) => {
      const top = heightOf(event, rows, layout);
      const bottom = heightOf(changes[i + 1]?.event ?? Infinity, rows, layout);
      return bottom > top ? [{ host, x, top, height: bottom - top, life }] : [];
    });
  });
}

/** Where an event lies on the sheet: in the middle of its line, between lines, above or below all of them. */
function heightOf(event: number, rows: readonly DisplayRow[], layout: Layout): number {
  const next = rows.findIndex((row) => row.kind !== 'silence' && row.event >= event);
  const box = layout.rows[next];
  if (box === undefined) return layout.height;
  return rows[next]?.event === event ? box.top + box.height / 2 : box.top;
}
