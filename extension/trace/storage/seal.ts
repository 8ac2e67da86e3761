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
  /** Where the rows of the draft begin, series by series. */
  private rows = new Int32Array(0);
  /** Per series: where the next of its rows goes among them. */
  private next = new Int32Array(0);
  /** Rows of one number each: 0, 1, 2, … */
  private singles = new Int32Array(0);
  private column = new Float64Array(0);

  /** The draft stays as it is. */
  seal(draft: DraftBlock): Uint8Array<ArrayBuffer> {
    const { out, entries } = this;
    const { series, count, keys } = draft;
    if (count > this.rows.length) {
      this.rows = new Int32Array(count);
      this.next = new Int32Array(count);
      this.singles = Int32Array.from({ length: count }, (_, row) => row);
      this.column = new Float64Array(count);
    }
    this.sort(draft);
    out.clear();
    entries.clear();
    out.whole(count);
    out.whole(series.length);
    out.column(draft.seriesOf, this.singles, 0, count, 0);
    out.column(draft.times, this.singles, 0, count, 0);
    this.perSeries(series, ({ key }) => keys[key + KIND] as number);
    this.perSeries(series, ({ key }) => keys[key + PLACE] as number);
    this.perSeries(series, (each) => this.entry(draft, each));
    out.append(entries);
    return out.copy();
  }

  private sort({ series, seriesOf, count }: DraftBlock): void {
    const { rows, next } = this;
    let before = 0;
    for (const each of series) {
      next[each.number] = before;
      before += each.rows;
    }
    let row = 0;
    for (let event = 0; event < count; event++) {
      const number = seriesOf[event] as number;
      const to = next[number] as number;
      next[number] = to + 1;
      rows[to] = row;
      row += (series[number] as DraftSeries).width;
    }
  }

  private perSeries(series: readonly DraftSeries[], value: (series: DraftSeries) => number): void {
    const { column } = this;
    const values = series.map(value);
    for (let i = 0; i < values.length; i++) column[i] = values[i] as number;
    this.out.column(column, this.singles, 0, values.length, 0);
  }

  /** @returns where the entry begins */
  private entry({ keys, values }: DraftBlock, { key, keyLength, width, number, rows }: DraftSeries): number {
    const { entries } = this;
    const begin = entries.length;
    const end = this.next[number] as number;
    for (let i = PLACE + 1; i < keyLength; i++) entries.whole(keys[key + i] as number);
    for (let offset = 0; offset < width; offset++) entries.column(values, this.rows, end - rows, end, offset);
    return begin;
  }
}
