import * as l10n from '@vscode/l10n';
import type { RunInfo } from '../../extension/protocol/messages.ts';
import { inLanguage } from '../language.ts';
import type { Panel } from '../panel.ts';
import type { PanelState } from '../store.ts';
import { Icon } from './icon.tsx';

/** More than this and a segmented control is a wall of buttons. */
const MOST_TABS = 5;
/** Letters that have room beside the title; wide ones count twice. */
const MOST_LETTERS = 76;

/** What is this? The question of the file, and its variants. */
export function Header({ panel, state }: { readonly panel: Panel; readonly state: PanelState }) {
  const run = state.file.runs[state.run];
  const question = run?.question;
  const title = run === undefined ? state.fileName : inLanguage(run.scenario);
  return (
    <header class="header">
      <div class="titles">
        <h1 title={title}>{title}</h1>
        {question !== undefined && (
          <p class="question" title={inLanguage(question)}>
            {inLanguage(question)}
          </p>
        )}
      </div>
      {state.file.runs.length > 1 && <Variants panel={panel} state={state} />}
    </header>
  );
}

function Variants({ panel, state }: { readonly panel: Panel; readonly state: PanelState }) {
  const { runs } = state.file;
  const scenarios = new Set(runs.map(({ scenario }) => scenario.en));
  const tabs = scenarios.size === 1 && runs.length <= MOST_TABS && lettersOf(runs) <= MOST_LETTERS;
  return (
    <div class={`variants ${tabs ? 'as-tabs' : 'as-list'}`}>
      {tabs && (
        <div class="segments" role="radiogroup" aria-label={l10n.t('Variant')}>
          {runs.map((run, i) => (
            <button
              key={i}
              role="radio"
              aria-checked={i === state.run}
              tabIndex={i === state.run ? 0 : -1}
              title={outcomeText(run)}
              onClick={() => void panel.show(i)}
              onKeyDown={(event) => onRadioKey(event, i, runs.length, panel)}
            >
              <Outcome run={run} />
              {runName(run)}
            </button>
          ))}
        </div>
      )}
      <select
        class="variant-list"
        aria-label={l10n.t('Variant')}
        value={String(state.run)}
        onChange={({ currentTarget }) => void panel.show(Number(currentTarget.value))}
      >
        {[...scenarios].map((scenario) => {
          const options = runs.flatMap((run, i) =>
            run.scenario.en === scenario
              ? [
                  <option key={i} value={String(i)}>
                    {run.outcome === undefined ? '' : run.outcome.failed > 0 ? '✗ ' : '✓ '}
                    {runName(run)}
                  </option>,
                ]
              : [],
          );
          const title = runs.find((run) => run.scenario.en === scenario)?.scenario;
          return scenarios.size === 1 || title === undefined ? (
            options
          ) : (
            <optgroup key={scenario} label={inLanguage(title)}>
              {options}
            </optgroup>
          );
        })}
      </select>
    </div>
  );
}

function onRadioKey(event: KeyboardEvent, index: number, count: number, panel: Panel): void {
  const step =
    event.key === 'ArrowRight' || event.key === 'ArrowDown'
      ? 1
      : event.key === 'ArrowLeft' || event.key === 'ArrowUp'
        ? -1
        : 0;
  if (step === 0) return;
  event.preventDefault();
  event.stopPropagation();
  const next = (index + step + count) % count;
  ((event.currentTarget as HTMLElement).parentElement?.children[next] as HTMLElement | undefined)?.focus();
  void panel.show(next);
}

function lettersOf(runs: readonly RunInfo[]): number {
  return Array.from(runs.map(runName).join('')).reduce((sum, letter) => sum + (letter > '\u2e7f' ? 2 : 1), 0);
}

const runName = (run: RunInfo): string => inLanguage(run.variant ?? run.scenario);

function Outcome({ run }: { readonly run: RunInfo }) {
  if (run.outcome === undefined || run.outcome.met + run.outcome.failed === 0) return null;
  return run.outcome.failed > 0 ? (
    <span class="outcome failed">
      <Icon name="error" />
    </span>
  ) : (
    <span class="outcome met">
      <Icon name="check" />
    </span>
  );
}

function outcomeText({ outcome }: RunInfo): string {
  if (outcome === undefined) return l10n.t('Not played yet');
  return outcome.failed > 0
    ? l10n.t('{0} of {1} expectations failed', outcome.failed, outcome.met + outcome.failed)
    : l10n.t('All {0} expectations met', outcome.met);
}
