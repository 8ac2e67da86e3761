import * as l10n from '@vscode/l10n';
import type { EventOf } from '../../extension/trace/event.ts';
import { describeExpectation } from '../../extension/trace/explain/index.ts';
import type { RunView } from '../model/run-view.ts';
import type { Panel } from '../panel.ts';
import { Icon } from './icon.tsx';

/** More met expectations than this fold away: only failed ones need to be read. */
const SHOWN_AT_ONCE = 6;

/** Did the run do what its author expected? */
export function Expectations({ panel, view }: { readonly panel: Panel; readonly view: RunView }) {
  const results = view.expectations();
  const failed = results.filter(({ met }) => !met).length;
  if (results.length === 0) return null;
  return (
    <details class="expectations" open={failed > 0 || results.length <= SHOWN_AT_ONCE}>
      <summary>
        <strong>{l10n.t('Expected')}</strong>{' '}
        <span class={failed === 0 ? 'met' : 'failed'}>
          <Icon name={failed === 0 ? 'pass' : 'error'} />{' '}
          {failed === 0
            ? l10n.t('{0} of {1} met', results.length, results.length)
            : l10n.t('{0} of {1} failed', failed, results.length)}
        </span>
      </summary>
      <ul aria-label={l10n.t('Expectations')}>
        {results.map((result) => (
          <Result key={result.id} panel={panel} view={view} result={result} />
        ))}
      </ul>
    </details>
  );
}

interface ResultProps {
  readonly panel: Panel;
  readonly view: RunView;
  readonly result: EventOf<'expectation'>;
}

function Result({ panel, view, result }: ResultProps) {
  const statement = view.trace.header.expectations[result.expectation];
  return (
    <li class={result.met ? 'met' : 'failed'}>
      <span class="verdict">
        <Icon name={result.met ? 'pass' : 'error'} /> {result.met ? l10n.t('met') : l10n.t('failed')}
      </span>
      <span class="expectation-text">
        {statement !== undefined && (
          <button
            class="link code"
            title={l10n.t('Show the line in the editor')}
            onClick={() => panel.reveal(statement.range)}
          >
            {statement.text}
          </button>
        )}
        {!result.met && <span class="reason">{describeExpectation(view.trace, result)}</span>}
        {result.evidence >= 0 && (
          <button class="link" onClick={() => panel.select({ event: result.evidence })}>
            {l10n.t('show where')}
          </button>
        )}
      </span>
    </li>
  );
}
