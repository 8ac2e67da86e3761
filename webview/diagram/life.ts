/** The bars along the lifelines: where a host runs, where only its kernel is left, where it has no power. */
import type { DisplayRow } from '../../extension/trace/diagram/row.ts';
import type { PlaceId } from '../../extension/trace/event.ts';
import type { RunView } from '../model/run-view.ts';
import type { Layout } from './layout.ts';

export interface LifeBar {
  readonly host: PlaceId;
  readonly x: number;
  readonly top: number;
  readonly height: number;
  readonly on: boolean;
}

/** The bars of a window of rows. */
export function lifeBars(view: RunView, rows: readonly DisplayRow[], layout: Layout): readonly LifeBar[] {
  const first = rows[0];
  if (first === undefined) return [];
  const world = view.world({ event: first.event - 1, exact: true });
  return layout.lifelines.flatMap(({ host, x }) => {
    const bars: LifeBar[] = [];
    let on = world.hostsOn.get(host) ?? true;
    let top = 0;
    const end = (bottom: number): void => {
      if (bottom > top) bars.push({ host, x, top, height: bottom - top, on });
      top = bottom;
    };
    for (const [i, row] of rows.entries()) {
      if (row.kind !== 'note' || view.trace.kindAt(row.event) !== 'host.state') continue;
      if (view.trace.placeAt(row.event) !== host) continue;
      const box = layout.rows[i];
      if (box !== undefined) end(box.top + box.height / 2);
      on = view.trace.eventOf('host.state', row.event).on;
    }
    end(layout.height);
    return bars;
  });
}
