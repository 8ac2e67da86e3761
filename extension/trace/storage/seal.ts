import { ByteWriter } from './bytes.ts';
import type { DraftBlock, DraftSeries } from './draft.ts';
import { KIND, PLACE } from './layout.ts';

/**
 * Makes blocks of drafts. A sealed block is
 *
 * - how many events and how many series it has,
 * - columns with a row per event: its series, its time,
 * - columns with a row per series: kind, place, where its entry begins,
 * - the entries of the series: the rest of the key, then a column for each number of a row.
 *
 * The room that this takes is kept from block to block.
 */
export class Sealer {
  private readonly out = new ByteWriter();
  private readonly entries = new ByteWriter();
  private scratch = new Float64Array(0);

  /** The draft stays as it is. */
  seal(draft: DraftBlock): Uint8Array<ArrayBuffer> {
    const { out, entries } = this;
    const { series, count } = draft;
    if (this.scratch.length < count) this.scratch = new Float64Array(count);
    out.clear();
    entries.clear();
    out.whole(count);
    out.whole(series.length);
    out.column(draft.seriesOf, count);
    out.column(draft.times, count);
    this.perSeries(series, ({ key }) => key[KIND] as number);
    this.perSeries(series, ({ key }) => key[PLACE] as number);
    this.perSeries(series, (each) => this.entry(each));
    out.append(entries);
    return out.copy();
  }

  private perSeries(series: readonly DraftSeries[], value: (series: DraftSeries) => number): void {
    const values = new Float64Array(series.length);
    for (let i = 0; i < series.length; i++) values[i] = value(series[i] as DraftSeries);
    this.out.column(values, series.length);
  }

  /** @returns where the entry begins */
  private entry({ key, values, width, rows }: DraftSeries): number {
    const { entries, scratch } = this;
    const begin = entries.length;
    for (let i = PLACE + 1; i < key.length; i++) entries.whole(key[i] as number);
    for (let column = 0; column < width; column++) {
      for (let row = 0, at = column; row < rows; row++, at += width) scratch[row] = values[at] as number;
      entries.column(scratch, rows);
    }
    return begin;
  }
}
