import * as l10n from '@vscode/l10n';
import { durationText, momentText } from '../../extension/trace/diagram/duration.ts';
import type { EndTruth } from '../model/verdict.ts';
import { beliefOf, discoveryOf, faultOf, truths } from '../model/verdict.ts';
import type { Discovery } from '../model/verdict.ts';
import type { RunView } from '../model/run-view.ts';
import type { Panel } from '../panel.ts';
import type { PanelState } from '../store.ts';
import { Icon } from './icon.tsx';

/** So what? What this end believes, what is true about the other one, and when this end finds out. */
export function Cards({ panel, state, view }: { readonly panel: Panel; readonly state: PanelState; readonly view: RunView }) {
  if (view.trace.connections.length === 0) return null;
  const both = truths(view, state.connection, state.cursor);
  const own = both[state.side] as EndTruth;
  const other = both[1 - state.side] as EndTruth;
  const ownName = view.trace.placeName(own.host);
  const otherName = view.trace.placeName(other.host);
  const now = view.time(state.cursor);
  return (
    <section class="cards" aria-label={l10n.t('Belief against truth')}>
      <div class="card">
        <h2>
          {l10n.t('{0} believes', ownName)}
          <button
            class="icon-button swap"
            title={l10n.t('Look from the other end')}
            aria-label={l10n.t('Look from the other end')}
            onClick={() => panel.setSide(state.side === 0 ? 1 : 0)}
          >
            <Icon name="arrow-swap" />
          </button>
        </h2>
        <BeliefCard view={view} state={state} own={own} other={other} now={now} />
      </div>
      <div class="card">
        <h2>{l10n.t('the truth about {0}', otherName)}</h2>
        <TruthCard truth={other} now={now} />
      </div>
      <div class="card">
        <h2>{l10n.t('{0} knows after', ownName)}</h2>
        <KnowsCard view={view} state={state} panel={panel} now={now} />
      </div>
    </section>
  );
}

interface BeliefProps {
  readonly view: RunView;
  readonly state: PanelState;
  readonly own: EndTruth;
  readonly other: EndTruth;
  readonly now: number;
}

function BeliefCard({ view, state, own, other, now }: BeliefProps) {
  const belief = beliefOf(own, other);
  const received = view.lastArrival(own.place, view.shownEvent(state.cursor));
  const label = own.end === undefined ? '–' : own.end.exists && own.hostOn ? own.end.state : l10n.t('gone');
  return (
    <>
      <p class="headline">
        <strong class={own.end?.exists === true ? (belief === 'agrees' ? 'good' : 'plain') : 'muted'}>{label}</strong>
        {belief === 'half-open' && (
          <span class="badge">
            <Icon name="warning" />
            {other.since === undefined || now === other.since
              ? l10n.t('half-open')
              : l10n.t('half-open for {0}', durationText(now - other.since))}
          </span>
        )}
        {belief === 'cut-off' && (
          <span class="badge">
            <Icon name="debug-disconnect" /> {l10n.t('cut off')}
          </span>
        )}
      </p>
      <p class="detail">
        {own.end?.error !== undefined
          ? l10n.t('the connection failed: {0}', own.end.error)
          : received === undefined
            ? l10n.t('nothing received yet')
            : now - received < 1_000
              ? l10n.t('received a segment just now')
              : l10n.t('nothing received since {0}', momentText(received))}
      </p>
    </>
  );
}

function TruthCard({ truth, now }: { readonly truth: EndTruth; readonly now: number }) {
  const { text, detail, bad } = truthTexts(truth, now);
  return (
    <>
      <p class="headline">
        <strong class={bad ? 'bad' : truth.end === undefined ? 'muted' : 'good'}>
          {bad && <Icon name="circle-slash" />} {text}
        </strong>
      </p>
      <p class="detail">{detail}</p>
    </>
  );
}

function truthTexts({ end, hostOn, processRunning, cutOff, since }: EndTruth, now: number): { text: string; detail: string; bad: boolean } {
  const from = since === undefined ? '' : now === since ? l10n.t('as of now') : l10n.t('since {0}', momentText(since));
  const also = (text: string): string => (from === '' ? text : l10n.t('{0}; {1}', from, text));
  if (!hostOn) return { text: l10n.t('host has no power'), detail: also(l10n.t('its end of the connection is gone')), bad: true };
  if (end === undefined) return { text: '–', detail: l10n.t('it has no end of the connection yet'), bad: false };
  if (!end.exists) return { text: l10n.t('gone'), detail: also(l10n.t('its kernel no longer knows the connection')), bad: true };
  if (!processRunning)
    return { text: l10n.t('{0}, its process is dead', end.state), detail: also(l10n.t('its kernel still holds the connection')), bad: true };
  if (cutOff) return { text: l10n.t('{0}, but cut off', end.state), detail: also(l10n.t('what it sends is lost')), bad: true };
  return { text: end.state, detail: l10n.t('alive'), bad: false };
}

function KnowsCard({ panel, state, view, now }: { readonly panel: Panel; readonly state: PanelState; readonly view: RunView; readonly now: number }) {
  const fault = faultOf(view.trace, state.connection);
  if (fault === undefined)
    return (
      <>
        <p class="headline"><strong class="muted">–</strong></p>
        <p class="detail">{l10n.t('nothing goes wrong in this run')}</p>
      </>
    );
  const found = discoveryOf(view, state.connection, state.side, fault);
  if (found === undefined)
    return (
      <>
        <p class="headline"><strong class="bad">{l10n.t('never')}</strong></p>
        <p class="detail">{l10n.t('not in the {0} of this run', durationText(view.trace.endTime))}</p>
      </>
    );
  const detail = [
    l10n.t('{0}, at {1}', signText(found), momentText(found.time)),
    ...(found.sinceReceived === undefined
      ? []
      : [l10n.t('{0} after the last segment it received', durationText(found.sinceReceived))]),
  ].join(' · ');
  return (
    <>
      <p class="headline">
        <button class="link headline-link" title={l10n.t('Go there')} onClick={() => panel.select({ event: found.event })}>
          <strong>{durationText(found.time - fault.time)}</strong>
        </button>
        {now < found.time && <span class="badge quiet">{l10n.t('not yet')}</span>}
      </p>
      <p class="detail" title={detail}>{detail}</p>
    </>
  );
}

function signText({ how }: Discovery): string {
  switch (how) {
    case 'EOF':
      return l10n.t('EOF');
    case 'gave-up':
      return l10n.t('gave up by itself');
    default:
      return how;
  }
}
