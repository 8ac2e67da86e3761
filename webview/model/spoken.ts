/** What a screen reader says: one sentence for whatever can be selected. */
import * as l10n from '@vscode/l10n';
import { momentText } from '../../extension/trace/diagram/duration.ts';
import { outcomeWord, rowLabel, silenceLabel } from '../../extension/trace/diagram/labels.ts';
import type { DisplayRow } from '../../extension/trace/diagram/row.ts';
import type { EventId } from '../../extension/trace/event.ts';
import { describeEvent } from '../../extension/trace/explain/index.ts';
import type { Trace } from '../../extension/trace/trace.ts';
import type { Cursor, RunView } from './run-view.ts';

/** The sentence for a line of the diagram, with what became of a segment. */
export function spokenRow(trace: Trace, row: DisplayRow): string {
  if (row.kind === 'silence' || row.kind === 'fold') return rowLabel(trace, row).join(', ');
  const sentence = spokenEvent(trace, row.event);
  const outcome = row.kind === 'segment' ? outcomeWord(row) : '';
  return outcome === '' ? sentence : l10n.t('{0}, {1}', sentence, outcome);
}

/** The sentence for what is selected. */
export function spokenCursor(view: RunView, cursor: Cursor): string {
  const row = view.rows.all[view.rowIndex(cursor)];
  return cursor.until !== undefined && row?.kind === 'silence'
    ? silenceLabel(row)
    : spokenEvent(view.trace, cursor.event);
}

function spokenEvent(trace: Trace, event: EventId): string {
  return `${momentText(trace.timeAt(event))}: ${describeEvent(trace, event)}`;
}
