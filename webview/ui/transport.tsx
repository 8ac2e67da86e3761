import * as l10n from '@vscode/l10n';
import type { RunView, StepSize } from '../model/run-view.ts';
import { STEP_SIZES } from '../model/run-view.ts';
import type { Panel } from '../panel.ts';
import type { PanelState } from '../store.ts';
import { Icon } from './icon.tsx';

/** Moving through the run. */
export function Transport({
  panel,
  state,
  view,
}: {
  readonly panel: Panel;
  readonly state: PanelState;
  readonly view: RunView;
}) {
  const total = view.rows.all.length;
  const at = view.rowIndex(state.cursor) + 1;
  return (
    <div class="transport" role="toolbar" aria-label={l10n.t('Move through the run')}>
      <Button icon="debug-reverse-continue" label={l10n.t('To the beginning (Home)')} onClick={() => panel.edge(-1)} />
      <Button icon="chevron-left" label={l10n.t('Back (←)')} onClick={() => panel.step(-1)} />
      <Button
        icon={state.playing ? 'debug-pause' : 'play'}
        label={state.playing ? l10n.t('Pause (Space)') : l10n.t('Play (Space)')}
        onClick={() => panel.togglePlay()}
      />
      <Button icon="chevron-right" label={l10n.t('Forward (→)')} onClick={() => panel.step(1)} />
      <Button icon="debug-continue" label={l10n.t('To the end (End)')} onClick={() => panel.edge(1)} />
      <span class="position">
        {state.cursor.exact === true
          ? l10n.t('event {0} of {1}', state.cursor.event + 1, view.trace.length)
          : l10n.t('{0} of {1}', at, total)}
      </span>
      <label class="step-size">
        <span>{l10n.t('step by')}</span>
        <select
          aria-label={l10n.t('step by')}
          value={state.stepSize}
          onChange={({ currentTarget }) => panel.setStepSize(currentTarget.value as StepSize)}
        >
          {STEP_SIZES.map((size) => (
            <option key={size} value={size}>
              {stepName(size)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Button({
  icon,
  label,
  onClick,
}: {
  readonly icon: string;
  readonly label: string;
  readonly onClick: () => void;
}) {
  return (
    <button class="icon-button" title={label} aria-label={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

function stepName(size: StepSize): string {
  switch (size) {
    case 'row':
      return l10n.t('line of the diagram');
    case 'packet':
      return l10n.t('packet');
    case 'event':
      return l10n.t('any event');
    case 'state':
      return l10n.t('state change');
  }
}
