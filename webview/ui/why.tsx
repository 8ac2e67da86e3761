import * as l10n from '@vscode/l10n';
import { useMemo } from 'preact/hooks';
import type { WhyStep } from '../../extension/trace/explain/index.ts';
import { describeEvent, explainSilence, explainWhy, statementLabel } from '../../extension/trace/explain/index.ts';
import type { RunView } from '../model/run-view.ts';
import type { Panel } from '../panel.ts';
import type { PanelState } from '../store.ts';

/** Why the selected thing happened: a chain down to a line of the scenario. */
export function Why({
  panel,
  state,
  view,
}: {
  readonly panel: Panel;
  readonly state: PanelState;
  readonly view: RunView;
}) {
  const { cursor } = state;
  const steps = useMemo(
    () =>
      cursor.until === undefined
        ? explainWhy(view.trace, cursor.event)
        : explainSilence(view.trace, cursor.event, cursor.until),
    [view, cursor],
  );
  const rules = distinctRules(steps);
  return (
    <section class="why" tabIndex={0} aria-label={l10n.t('Why')}>
      <h2>{cursor.until === undefined ? l10n.t('Why did this happen?') : l10n.t('Why is nothing sent?')}</h2>
      {cursor.until === undefined && <p class="why-event">{describeEvent(view.trace, cursor.event)}</p>}
      <ol>
        {steps.map((step, i) => (
          <li key={i}>
            <StepText panel={panel} view={view} step={step} />
          </li>
        ))}
      </ol>
      {rules.length > 0 && <p class="rules">{rules.join(' · ')}</p>}
    </section>
  );
}

function StepText({ panel, view, step }: { readonly panel: Panel; readonly view: RunView; readonly step: WhyStep }) {
  const { action } = step;
  const range = action === undefined ? undefined : view.trace.header.actions[action]?.range;
  if (action === undefined || range === undefined) return <>{step.text}</>;
  return (
    <>
      {l10n.t('{0}: ', step.text)}
      <button class="link" title={l10n.t('Show the line in the editor')} onClick={() => panel.reveal(range)}>
        {statementLabel(view.trace, action)}
      </button>
    </>
  );
}

function distinctRules(steps: readonly WhyStep[]): readonly string[] {
  const all = steps.flatMap(({ rule }) =>
    rule === undefined ? [] : [rule.rfc, rule.kernel === undefined ? undefined : `Linux ${rule.kernel}()`, rule.sysctl],
  );
  return [...new Set(all.filter((rule) => rule !== undefined))];
}
