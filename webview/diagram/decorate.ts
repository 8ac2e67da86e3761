/** Says on every shape what it stands for, in classes: the style sheet gives them the theme's colours. */
import type { MermaidText } from '../../extension/trace/diagram/mermaid-text.ts';
import type { DisplayRow } from '../../extension/trace/diagram/row.ts';
import type { Trace } from '../../extension/trace/trace.ts';
import type { Shape } from './layout.ts';

/** Marks the shapes of each row; `data-row` is its index in the window. */
export function decorate(
  trace: Trace,
  rows: readonly DisplayRow[],
  { statements }: MermaidText,
  shapes: readonly Shape[],
): void {
  for (const [i, { row: index, part }] of statements.entries()) {
    const row = rows[index] as DisplayRow;
    const shape = shapes[i] as Shape;
    const elements = [...shape.texts, shape.line, shape.group].filter((element) => element !== undefined);
    const classes = part === 'state' ? stateClasses(shape) : rowClasses(trace, row);
    if (part === 'message')
      for (const [line, label] of shape.texts.entries())
        label.classList.add(line === 0 ? 'label-title' : 'label-detail');
    for (const element of elements) {
      element.classList.add('shape', `part-${part}`, ...classes);
      element.setAttribute('data-row', String(index));
    }
  }
}

function rowClasses(trace: Trace, row: DisplayRow): readonly string[] {
  switch (row.kind) {
    case 'segment': {
      const segment = trace.eventOf('segment.sent', row.segment);
      const reset = segment.purpose === 'rst' ? ['is-reset'] : [];
      return ['row-segment', `is-${row.outcome.kind}`, `purpose-${segment.purpose}`, ...reset];
    }
    case 'note':
      return ['row-note', `tone-${row.tone}`];
    case 'silence':
      return ['row-silence'];
    case 'fold':
      return ['row-fold'];
  }
}

function stateClasses(shape: Shape): readonly string[] {
  const state = shape.texts.at(-1)?.textContent ?? '';
  return ['row-state', state === 'ESTABLISHED' ? 'state-open' : state === 'CLOSED' ? 'state-closed' : 'state-other'];
}
