import * as l10n from '@vscode/l10n';
import { durationText, momentText } from '../../extension/trace/diagram/duration.ts';
import type { Verdict } from '../../extension/trace/explain/index.ts';
import { span, verdict } from '../../extension/trace/explain/index.ts';
import type { RunView } from '../model/run-view.ts';
import type { Panel } from '../panel.ts';
import type { PanelState } from '../store.ts';
import { Icon } from './icon.tsx';

interface Props {
  readonly panel: Panel;
  readonly state: PanelState;
  readonly view: RunView;
}

/** So what? What this end believes, what is true about the other one, and when this end finds out. */
export function Cards({ panel, state, view }: Props) {
  const connection = view.trace.connections[state.connection];
  if (connection === undefined) return null;
  const own = connection.sides[state.side];
  const other = connection.sides[state.side === 0 ? 1 : 0];
  const name = view.trace.placeName(own.host);
  const otherName = view.trace.placeName(other.host);
  // An end that never comes into being believes nothing.
  const found = own.end < 0 ? undefined : verdict(view.trace, view.world(state.cursor), own.end);
  const now = view.time(state.cursor);
  // With several of them, which one this is about.
  const which = view.trace.connections.length > 1 && <span class="connection">{connection.name}</span>;
  return (
    <section class="cards" aria-label={l10n.t('Belief against truth')}>
      <div class="card">
        <h2>
          <span>{l10n.t('{0} believes', name)}</span>
          {which}
          <button
            class="icon-button swap"
            title={l10n.t('Look from the other end')}
            aria-label={l10n.t('Look from the other end')}
            onClick={() => panel.setSide(state.side === 0 ? 1 : 0)}
          >
            <Icon name="arrow-swap" />
          </button>
        </h2>
        {found === undefined ? <Nothing /> : <Belief found={found} now={now} />}
      </div>
      <div class="card">
        <h2>
          <span class="wide-only">{l10n.t('the truth about {0}', otherName)}</span>
          <span class="narrow-only">{l10n.t('{0}, in truth', otherName)}</span>
        </h2>
        {found === undefined ? <Nothing /> : <Truth found={found} />}
      </div>
      <div class="card">
        <h2>
          <span class="wide-only">{l10n.t('{0} knows after', name)}</span>
          <span class="narrow-only">{l10n.t('knows after')}</span>
        </h2>
        {found === undefined ? (
          <Nothing />
        ) : (
          <Knows panel={panel} view={view} found={found} end={own.end} only={which === false} />
        )}
      </div>
    </section>
  );
}

function Belief({ found, now }: { readonly found: Verdict; readonly now: number }) {
  const since = found.halfOpenSince ?? now;
  return (
    <>
      <p class="headline">
        <strong class={!found.exists ? 'muted' : found.truth === 'alive' ? 'good' : ''}>
          {found.exists ? found.believes : found.goneBecause === undefined ? '–' : l10n.t('gone')}
        </strong>
        {found.halfOpen && (
          <span class="badge">
            <Icon name="warning" />
            {now > since ? l10n.t('half-open for {0}', durationText(now - since)) : l10n.t('half-open')}
          </span>
        )}
        {found.exists && found.truth === 'host-frozen' && (
          <span class="badge">
            <Icon name="debug-pause" /> {l10n.t('frozen')}
          </span>
        )}
        {found.exists && found.truth === 'unreachable' && (
          <span class="badge">
            <Icon name="debug-disconnect" /> {l10n.t('cut off')}
          </span>
        )}
      </p>
      <p class="detail" title={found.beliefText}>
        {found.beliefText}
      </p>
    </>
  );
}

function Truth({ found }: { readonly found: Verdict }) {
  const quiet = found.truth === 'none';
  const good = found.truth === 'alive';
  const cut = found.truth === 'unreachable' || found.truth === 'host-frozen';
  const icon = !cut ? 'circle-slash' : found.truth === 'unreachable' ? 'debug-disconnect' : 'debug-pause';
  return (
    <>
      <p class="headline">
        <strong class={good ? 'good' : quiet ? 'muted' : cut ? 'warn' : 'bad'}>
          {!good && !quiet && <Icon name={icon} />} {found.truthText}
        </strong>
      </p>
      <p class="detail" title={found.truthDetail}>
        {found.truthDetail}
      </p>
    </>
  );
}

interface KnowsProps {
  readonly panel: Panel;
  readonly view: RunView;
  readonly found: Verdict;
  readonly end: number;
  /** There is no other connection. */
  readonly only: boolean;
}

function Knows({ panel, view, found, end, only }: KnowsProps) {
  const { faultAt, learnsAt, learnsEvent } = found;
  if (faultAt === undefined) {
    const detail = only ? l10n.t('nothing goes wrong in this run') : l10n.t('nothing goes wrong for this connection');
    return <Words headline="–" quiet detail={detail} />;
  }
  if (learnsAt === undefined || learnsEvent === undefined)
    return (
      <Words
        headline={l10n.t('never')}
        detail={l10n.t('not in the {0} of this run', durationText(view.trace.endTime))}
      />
    );
  const received = view.lastArrival(end, learnsEvent);
  const detail =
    received === undefined || received === learnsAt
      ? found.learnsText
      : l10n.t('{0}; {1} after the last segment', found.learnsText, span(learnsAt - received));
  return (
    <>
      <p class="headline">
        <button
          class="link headline-link"
          title={l10n.t('Go to {0}', momentText(learnsAt))}
          onClick={() => panel.select({ event: learnsEvent })}
        >
          <strong>{learnsAt === faultAt ? l10n.t('at once') : durationText(learnsAt - faultAt)}</strong>
        </button>
        {!found.knows && <span class="badge quiet">{l10n.t('not yet')}</span>}
      </p>
      <p class="detail" title={detail}>
        {detail}
      </p>
    </>
  );
}

/** As high as a card with something to say. */
const Nothing = () => <Words headline="–" quiet detail="" />;

function Words({
  headline,
  detail,
  quiet,
}: {
  readonly headline: string;
  readonly detail: string;
  readonly quiet?: true;
}) {
  return (
    <>
      <p class="headline">
        <strong class={quiet === true ? 'muted' : 'bad'}>{headline}</strong>
      </p>
      <p class="detail" title={detail}>
        {detail}
      </p>
    </>
  );
}
