import * as l10n from '@vscode/l10n';
import { useMemo, useRef } from 'preact/hooks';
import { durationText, momentText } from '../../extension/trace/diagram/duration.ts';
import { noteLabel } from '../../extension/trace/diagram/labels.ts';
import type { Life } from '../model/life.ts';
import type { RunView } from '../model/run-view.ts';
import { spokenCursor } from '../model/spoken.ts';
import type { StripModel, WantedLabel } from '../model/strip-model.ts';
import { namedBreaks, placeLabels, stripModel } from '../model/strip-model.ts';
import type { Panel } from '../panel.ts';
import type { PanelState } from '../store.ts';
import { Icon } from './icon.tsx';
import { useSize } from './hooks.ts';

/** px; as in strip.css. */
const LABEL_LINE = 14;

const percent = (part: number): string => `${(part * 100).toFixed(3)}%`;

/** The whole run in one strip: who lived how long, what was sent, what went wrong, where the cursor is. */
export function Strip({
  panel,
  state,
  view,
}: {
  readonly panel: Panel;
  readonly state: PanelState;
  readonly view: RunView;
}) {
  const model = useMemo(() => stripModel(view), [view]);
  const track = useRef<HTMLDivElement>(null);
  const { width } = useSize(track);
  const labels = useMemo(() => placeLabels(stripLabels(model, view), width), [model, view, width]);
  const time = view.time({ ...state.cursor, exact: true });
  const at = model.scale.position(time);

  const selectAt = (clientX: number): void => {
    const box = track.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return;
    const place = Math.min(1, Math.max(0, (clientX - box.left) / box.width));
    const next = view.nearest(model.scale.time(place));
    if (next.event !== state.cursor.event || state.cursor.until !== undefined) panel.select(next);
  };

  return (
    <section class="strip" aria-label={l10n.t('The whole run')}>
      <div class="lane-names" aria-hidden="true">
        {model.lanes.map(({ host }) => (
          <span key={host}>{view.trace.placeName(host)}</span>
        ))}
      </div>
      <div
        class="track"
        ref={track}
        style={{ '--lanes': model.lanes.length }}
        role="slider"
        tabIndex={0}
        aria-label={l10n.t('Place in the run')}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, view.rows.all.length - 1)}
        aria-valuenow={view.rowIndex(state.cursor)}
        aria-valuetext={spokenCursor(view, state.cursor)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          panel.pause();
          selectAt(event.clientX);
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) selectAt(event.clientX);
        }}
      >
        {model.breaks.map(({ left, right }) => (
          <div key={left} class="break" style={{ left: percent(left), width: percent(right - left) }} />
        ))}
        {model.lanes.map(({ host, bars, ticks }) => (
          <div class="lane" key={host}>
            {bars.map(({ left, right, life }) => (
              <div key={left} class={`bar bar-${life}`} style={{ left: percent(left), width: percent(right - left) }}>
                {life !== 'on' && (right - left) * width > 110 && <span>{lifeText(life)}</span>}
              </div>
            ))}
            {ticks.map(({ at: place, kind }, i) => (
              <div key={i} class={`tick tick-${kind}`} style={{ left: percent(place) }} />
            ))}
          </div>
        ))}
        {model.landmarks.map((mark) => (
          <div key={mark.event} class={`landmark mark-${mark.kind}`} style={{ left: percent(mark.at) }}>
            <Icon name={MARKS[mark.kind]} />
          </div>
        ))}
        <div class={`labels ${labels.some(({ line }) => line > 0) ? 'of-two-lines' : ''}`} aria-hidden="true">
          {labels.map(({ text, left, kind, line }) => (
            <span
              key={`${left} ${text}`}
              class={`strip-label label-${kind}`}
              style={{ left: `${left}px`, top: `${line * LABEL_LINE}px` }}
            >
              {text}
            </span>
          ))}
        </div>
        <div class="cursor" style={{ left: percent(at) }} />
      </div>
    </section>
  );
}

const MARKS = { fault: 'circle-slash', error: 'error', notice: 'bell', good: 'debug-start' } as const;

const lifeText = (life: Life): string =>
  life === 'off' ? l10n.t('no power') : life === 'frozen' ? l10n.t('frozen') : l10n.t('kernel only');

/** Whether a label is new: what happens again and again is named once. */
function isFirst(named: Set<string>, label: string): boolean {
  const isNew = !named.has(label);
  named.add(label);
  return isNew;
}

/** Errors first, then how long nothing happens, then faults: the rest has a mark, and takes what room is left. */
function stripLabels(model: StripModel, view: RunView): readonly WantedLabel[] {
  const named = new Set<string>();
  const marks = model.landmarks
    .filter((mark) => isFirst(named, noteLabel(view.trace, mark.row)))
    .map((mark) => ({
      text: `${noteLabel(view.trace, mark.row)} · ${momentText(view.trace.timeAt(mark.event))}`,
      from: mark.at,
      to: mark.at,
      kind: mark.kind,
    }));
  const breaks = namedBreaks(model.breaks).map(({ left, right, duration }) => ({
    text: `⋯ ${durationText(duration)} ⋯`,
    from: left,
    to: right,
    kind: 'idle' as const,
  }));
  const isError = ({ kind }: { readonly kind: string }): boolean => kind === 'error';
  return [
    ...marks.filter(isError),
    ...breaks.slice(0, 1),
    ...marks.filter(({ kind }) => kind !== 'error' && kind !== 'notice'),
    ...marks.filter(({ kind }) => kind === 'notice'),
    ...breaks.slice(1),
  ];
}
