import * as l10n from '@vscode/l10n';
import { describeExpectation } from '../../extension/trace/explain/index.ts';
import { inLanguage } from '../language.ts';
import type { RunView } from '../model/run-view.ts';
import type { Panel } from '../panel.ts';
import { Icon } from './icon.tsx';

/** Did the run do what its author expected? And what is to be learned from it. */
export function Expectations({ panel, view }: { readonly panel: Panel; readonly view: RunView }) {
  const results = view.expectations();
  const { takeaway, expectations } = view.trace.header;
  const failed = results.filter(({ met }) => !met).length;
  return (
    <>
      {results.length > 0 && (
        <section class="expectations" aria-label={l10n.t('Expectations')}>
          <h2>
            {l10n.t('Expected')}{' '}
            <span class="count">
              {failed === 0
                ? l10n.t('{0} of {1} met', results.length, results.length)
                : l10n.t('{0} of {1} failed', failed, results.length)}
            </span>
          </h2>
          <ul>
            {results.map((result) => {
              const statement = expectations[result.expectation];
              return (
                <li key={result.id} class={result.met ? 'met' : 'failed'}>
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
            })}
          </ul>
        </section>
      )}
      {takeaway !== undefined && (
        <section class="takeaway" aria-label={l10n.t('What to take away')}>
          <Icon name="lightbulb" />
          <p>{inLanguage(takeaway)}</p>
        </section>
      )}
    </>
  );
}
