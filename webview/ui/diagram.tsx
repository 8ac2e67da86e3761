import * as l10n from '@vscode/l10n';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { foldRows } from '../../extension/trace/diagram/fold.ts';
import { mermaidText } from '../../extension/trace/diagram/mermaid-text.ts';
import type { DisplayRow } from '../../extension/trace/diagram/row.ts';
import { displayIndexOf, windowAround, windowCaption } from '../../extension/trace/diagram/window.ts';
import { decorate } from '../diagram/decorate.ts';
import type { Layout } from '../diagram/layout.ts';
import { findShapes, layOut } from '../diagram/layout.ts';
import { lifeBars } from '../diagram/life.ts';
import { renderMermaid } from '../diagram/render.ts';
import type { RunView } from '../model/run-view.ts';
import type { Panel } from '../panel.ts';
import type { PanelState } from '../store.ts';
import { DiagramRows, DiagramTimes } from './diagram-rows.tsx';
import { Icon } from './icon.tsx';
import { useSize, useTheme } from './hooks.ts';

/** Rows that belong to the drawing that is on screen: while another one is being made, the old stays. */
interface Drawn {
  readonly svg: SVGSVGElement;
  readonly layout: Layout;
  readonly rows: readonly DisplayRow[];
  readonly start: number;
  readonly view: RunView;
}

/** How much room there is; named as its class in diagram.css. */
type Room = 'wide' | 'narrow' | 'tiny';

/** Left of the drawing, for times; as in diagram.css. The narrowest has the times above the lines. */
const GUTTER: Readonly<Record<Room, number>> = { wide: 156, narrow: 80, tiny: 0 };
/** Outside of the lifelines, for states. */
const MARGIN: Readonly<Record<Room, number>> = { wide: 112, narrow: 99, tiny: 18 };
/** Letters that reach over a lifeline. */
const OVERHANG: Readonly<Record<Room, number>> = { wide: 0, narrow: 40, tiny: 14 };
/** A drawing takes longer than a frame: while the cursor flies over the run, none is made. */
const SETTLE_MS = 60;
/** For the arrows between two lifelines: less, and labels are broken into more lines. */
const LEAST_SPACING = 200;

/** The Mermaid sequence diagram of the part of the run around the cursor. */
export function Diagram({
  panel,
  state,
  view,
}: {
  readonly panel: Panel;
  readonly state: PanelState;
  readonly view: RunView;
}) {
  const display = useMemo(() => foldRows(view.rows.all, view.rows.stretches, state.opened), [view, state.opened]);
  const selected = displayIndexOf(display, state.cursor);
  const [page, setPage] = useState<number | undefined>(undefined);
  // The reader may look at another part; the next step comes back to the cursor.
  useEffect(() => setPage(undefined), [state.cursor, view]);
  const window_ = windowAround(page ?? selected, display.length);
  const rows = useMemo(() => display.slice(window_.start, window_.end), [display, window_.start, window_.end]);

  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const { width } = useSize(scroller);
  const theme = useTheme();
  const gaps = Math.max(1, view.trace.header.hosts.length - 1);
  const room = roomFor(width, gaps);
  const [drawn, setDrawn] = useState<Drawn>();
  const [failure, setFailure] = useState<string>();

  useEffect(() => {
    if (width === 0) return;
    let stale = false;
    const layout = {
      margin: MARGIN[room],
      spacing: Math.min(560, Math.max(170, spacingIn(room, width, gaps))),
      overhang: OVERHANG[room],
      headroom: room === 'tiny' ? 13 : 0,
      statesInside: room === 'tiny',
    };
    const text = mermaidText(view.trace, rows, { compact: room !== 'wide' });
    const draw = (): void => {
      renderMermaid(text.text, theme).then(
        (svg) => {
          if (stale || canvas.current === null) return;
          const shapes = findShapes(svg, text);
          svg.setAttribute('aria-hidden', 'true');
          canvas.current.replaceChildren(svg);
          decorate(view.trace, rows, text, shapes);
          setDrawn({ svg, layout: layOut(svg, rows, text, shapes, layout), rows, start: window_.start, view });
          setFailure(undefined);
        },
        (error: unknown) => {
          if (!stale) setFailure(error instanceof Error ? error.message : String(error));
        },
      );
    };
    const timer = window.setTimeout(draw, canvas.current?.firstChild ? SETTLE_MS : 0);
    return () => {
      stale = true;
      window.clearTimeout(timer);
    };
  }, [view, rows, width, gaps, room, theme]);

  useLayoutEffect(() => {
    if (drawn === undefined) return;
    for (const shape of drawn.svg.querySelectorAll('.shape'))
      shape.classList.toggle('selected', Number(shape.getAttribute('data-row')) + drawn.start === selected);
  }, [drawn, selected]);

  const bars = useMemo(
    () => (drawn === undefined ? [] : lifeBars(drawn.view.trace, drawn.rows, drawn.layout)),
    [drawn],
  );
  const box = drawn?.layout.rows[selected - drawn.start];

  return (
    <section
      class="diagram"
      aria-label={l10n.t('Sequence diagram')}
      aria-busy={drawn?.rows !== rows && failure === undefined}
    >
      <div class="diagram-bar">
        <span class="caption">{windowCaption(display, window_)}</span>
        {window_.total > window_.end - window_.start && (
          <span class="pages">
            <button
              class="icon-button"
              disabled={window_.start === 0}
              title={l10n.t('Earlier part of the run')}
              aria-label={l10n.t('Earlier part of the run')}
              onClick={() => setPage(window_.start - 1)}
            >
              <Icon name="arrow-up" />
            </button>
            <button
              class="icon-button"
              disabled={window_.end === window_.total}
              title={l10n.t('Later part of the run')}
              aria-label={l10n.t('Later part of the run')}
              onClick={() => setPage(window_.end)}
            >
              <Icon name="arrow-down" />
            </button>
          </span>
        )}
        <button
          class="icon-button"
          title={l10n.t('Copy as Mermaid text')}
          aria-label={l10n.t('Copy as Mermaid text')}
          onClick={() => panel.copy(mermaidText(view.trace, rows, { times: true }).text)}
        >
          <Icon name="copy" />
        </button>
      </div>
      <div class={`scroller ${room}`} ref={scroller}>
        {failure !== undefined && (
          <p class="failure">
            <Icon name="warning" /> {l10n.t('The diagram could not be drawn: {0}', failure)}
          </p>
        )}
        <div
          class="heads"
          aria-hidden="true"
          style={{ minWidth: drawn === undefined ? undefined : `calc(var(--gutter) + ${drawn.layout.width}px)` }}
        >
          <span class="heads-time">{l10n.t('time')}</span>
          {drawn?.layout.lifelines.map(({ host, x }) => (
            <span
              class="head"
              key={host}
              title={headText(view, host)}
              style={{ left: `calc(var(--gutter) + ${x}px)`, maxWidth: `${headWidth(drawn.layout, room)}px` }}
            >
              {headText(view, host)}
            </span>
          ))}
        </div>
        <div
          class="sheet"
          style={
            drawn && { height: `${drawn.layout.height}px`, minWidth: `calc(var(--gutter) + ${drawn.layout.width}px)` }
          }
        >
          {box !== undefined && <div class="highlight" style={{ top: `${box.top}px`, height: `${box.height}px` }} />}
          {bars.map((bar) => (
            <div
              key={`${bar.host} ${bar.top}`}
              class={`life life-${bar.life}`}
              style={{ left: `calc(var(--gutter) + ${bar.x}px)`, top: `${bar.top}px`, height: `${bar.height}px` }}
            />
          ))}
          <div class="canvas" ref={canvas} />
          {drawn !== undefined && <DiagramTimes rows={drawn.rows} layout={drawn.layout} />}
          {drawn !== undefined && (
            <DiagramRows
              panel={panel}
              view={drawn.view}
              rows={drawn.rows}
              layout={drawn.layout}
              selected={selected - drawn.start}
              start={drawn.start}
              total={display.length}
            />
          )}
        </div>
      </div>
    </section>
  );
}

const spacingIn = (room: Room, width: number, gaps: number): number =>
  Math.floor((width - GUTTER[room] - 2 * MARGIN[room] - 2) / gaps);

/** Heads never lie over each other, nor beyond the drawing. */
function headWidth({ lifelines, spacing, width }: Layout, room: Room): number {
  return room === 'tiny' ? width / lifelines.length - 6 : Math.min(spacing - 8, 2 * MARGIN[room]);
}

function roomFor(width: number, gaps: number): Room {
  if (spacingIn('wide', width, gaps) >= LEAST_SPACING) return 'wide';
  return width >= 448 ? 'narrow' : 'tiny';
}

/** `client · app`: the host, and the programs on it. */
function headText(view: RunView, host: number): string {
  const programs = view.trace.places.flatMap((place) =>
    place.kind === 'process' && place.host === host ? [place.name] : [],
  );
  return [view.trace.placeName(host), ...programs].join(' · ');
}
