import * as l10n from '@vscode/l10n';
import { useEffect, useRef } from 'preact/hooks';
import { durationText } from '../../extension/trace/diagram/duration.ts';
import { timeText } from '../../extension/trace/diagram/labels.ts';
import type { DisplayRow } from '../../extension/trace/diagram/row.ts';
import { selectionOf } from '../../extension/trace/diagram/window.ts';
import type { Layout } from '../diagram/layout.ts';
import type { RunView } from '../model/run-view.ts';
import { spokenRow } from '../model/spoken.ts';
import type { Panel } from '../panel.ts';
import { Icon } from './icon.tsx';

interface Props {
  readonly panel: Panel;
  readonly view: RunView;
  readonly rows: readonly DisplayRow[];
  readonly layout: Layout;
  /** Index in this window; outside of it when the cursor is in another part. */
  readonly selected: number;
  readonly start: number;
  readonly total: number;
}

/** The lines over the drawing: they take the pointer, and are what a screen reader reads instead of it. */
export function DiagramRows({ panel, view, rows, layout, selected, start, total }: Props) {
  const tree = useRef<HTMLDivElement>(null);
  const first = useRef<{ readonly view: RunView; readonly selected: number; moved: boolean } | undefined>(undefined);
  useEffect(() => {
    if (first.current?.view !== view) first.current = { view, selected, moved: false };
    first.current.moved ||= first.current.selected !== selected;
    const line = tree.current?.children[selected];
    // A page that scrolls as a whole begins at its top, where the answer stands, until somebody moves.
    if (line === undefined || (!first.current.moved && !scrollsByItself(line))) return;
    line.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [selected, layout, view]);
  const hidden = new Set(rows.flatMap((row) => (row.kind === 'fold' && row.open ? row.rows : [])));
  return (
    <div
      class="rows"
      role="tree"
      tabIndex={0}
      ref={tree}
      aria-label={l10n.t('What happened, line by line')}
      aria-activedescendant={selected >= 0 && selected < rows.length ? `row-${selected}` : undefined}
      onKeyDown={(event) => {
        const row = rows[selected];
        if (event.key !== 'Enter' || row?.kind !== 'fold') return;
        event.preventDefault();
        panel.toggleFold(row.event);
      }}
    >
      {rows.map((row, i) => {
        const box = layout.rows[i];
        if (box === undefined) return null;
        const inFold = row.kind !== 'fold' && hidden.has(row);
        return (
          <div
            key={i}
            id={`row-${i}`}
            class={`row row-of-${row.kind} ${i === selected ? 'selected' : ''} ${inFold ? 'in-fold' : ''}`}
            role="treeitem"
            aria-level={inFold ? 2 : 1}
            aria-selected={i === selected}
            aria-setsize={total}
            aria-posinset={start + i + 1}
            {...(row.kind === 'fold' ? { 'aria-expanded': row.open } : {})}
            aria-label={spokenRow(view.trace, row)}
            style={{ top: `${box.top}px`, height: `${box.height}px` }}
            onClick={() => (row.kind === 'fold' ? panel.toggleFold(row.event) : panel.select(selectionOf(row)))}
          />
        );
      })}
    </div>
  );
}

/** Whether the diagram scrolls within the page that stands still. */
function scrollsByItself(line: Element): boolean {
  const scroller = line.closest('.scroller');
  return scroller !== null && scroller.scrollHeight > scroller.clientHeight + 1;
}

/** When each line happened, and how long after the one before; seen only, since every line says its time itself. */
export function DiagramTimes({ rows, layout }: Pick<Props, 'rows' | 'layout'>) {
  return (
    <div class="times" aria-hidden="true">
      {rows.map((row, i) => {
        const box = layout.rows[i];
        if (box === undefined) return null;
        return (
          <div
            key={i}
            class={`times-row row-of-${row.kind}`}
            style={{ top: `${box.top}px`, height: `${box.height}px` }}
          >
            <span class="row-time">{row.kind !== 'silence' && <Times text={timeText(row)} />}</span>
            <span class="row-gap">{gapText(rows, i)}</span>
            {row.kind === 'fold' && (
              <span class="fold-sign" style={{ left: `calc(var(--gutter) + ${(box.left ?? 0) + 4}px)` }}>
                <Icon name={row.open ? 'chevron-down' : 'chevron-right'} />
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}

/** A stretch of time breaks between its ends only. */
function Times({ text }: { readonly text: string }) {
  const [from, to] = text.split(' – ');
  return (
    <>
      <span>{to === undefined ? from : `${from ?? ''} –`}</span> {to !== undefined && <span>{to}</span>}
    </>
  );
}

/** Time since the line before, where a line of its own does not say it. */
function gapText(rows: readonly DisplayRow[], index: number): string {
  const row = rows[index];
  const before = rows[index - 1];
  if (row === undefined || before === undefined || before.kind === 'silence') return '';
  if (row.kind === 'silence' || row.kind === 'fold') return '';
  const from = before.kind === 'fold' ? (before.rows.at(-1) ?? before).time : before.time;
  const gap = row.time - from;
  return gap > 0 ? `+${durationText(gap)}` : '';
}
