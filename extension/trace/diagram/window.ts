/** Mermaid draws what it is given on the main thread, and refuses what is too much: a diagram shows a window of the lines. */
import * as l10n from '@vscode/l10n';
import type { EventId } from '../event.ts';
import { momentText } from './duration.ts';
import type { DisplayRow, Row } from './row.ts';

/** Lines in one diagram. 60 lines are drawn in a tenth of a second. */
export const WINDOW_ROWS = 60;

/** Lines `start` up to, not including, `end`, of `total`. */
export interface RowWindow {
  readonly start: number;
  readonly end: number;
  readonly total: number;
}

/** The window that holds a line. Windows have fixed borders, so that stepping turns a page and never slides it. */
export function windowAround(index: number, total: number, size = WINDOW_ROWS): RowWindow {
  const last = Math.max(0, Math.ceil(total / size) - 1);
  const page = Math.min(last, Math.max(0, Math.floor(index / size)));
  return { start: page * size, end: Math.min(total, (page + 1) * size), total };
}

/** Which part of the run a diagram shows: always said, also when it is all of it. */
export function windowCaption(rows: readonly DisplayRow[], window: RowWindow): string {
  const first = rows[window.start];
  const last = rows[window.end - 1];
  if (first === undefined || last === undefined) return l10n.t('Nothing happens in this run');
  const from = momentText(first.time);
  const to = momentText(endOf(last));
  return window.end - window.start === window.total
    ? l10n.t('The whole run: {0} lines, {1} – {2}', window.total, from, to)
    : l10n.t('Lines {0}–{1} of {2}, {3} – {4}', window.start + 1, window.end, window.total, from, to);
}

function endOf(row: DisplayRow): number {
  if (row.kind === 'silence') return row.time + row.duration;
  return row.kind === 'fold' ? (row.rows.at(-1) ?? row).time : row.time;
}

/** What is selected: an event, or (with `until`) the silence after it. */
export interface Selection {
  readonly event: EventId;
  readonly until?: EventId;
}

export function selectionOf(row: Row): Selection {
  return row.kind === 'silence' ? { event: row.event, until: row.until } : { event: row.event };
}

/**
 * The line on which a selection is seen: its own, that of the closed fold that hides it, or the last one before it.
 * Lines are in time order, and so are the ids of their events.
 */
export function displayIndexOf(rows: readonly DisplayRow[], selection: Selection): number {
  let found = 0;
  for (const [index, row] of rows.entries()) {
    if (row.kind === 'silence') {
      if (row.event === selection.event && row.until === selection.until) return index;
    } else if (row.kind === 'fold' && row.open) {
      continue;
    } else if (row.event <= selection.event) found = index;
    else break;
  }
  return found;
}
