import * as l10n from '@vscode/l10n';
import { momentText } from '../../extension/trace/diagram/duration.ts';
import type { Panel } from '../panel.ts';
import type { PanelState } from '../store.ts';
import { Icon } from './icon.tsx';

/** What stands between the reader and the newest run: an edit, errors, a run under way, a failure. */
export function Banner({ panel, state }: { readonly panel: Panel; readonly state: PanelState }) {
  const { running, failure, file, changed } = state;
  return (
    <>
      {changed && (
        <div class="banner" role="status">
          <Icon name="edit" />
          <span>{l10n.t('The file has changed since this run.')}</span>
          <button class="primary" onClick={() => void panel.runAgain()}>
            {l10n.t('Run again')}
          </button>
        </div>
      )}
      {failure !== undefined && (
        <div class="banner is-error" role="alert">
          <Icon name="error" />
          <span>{failure}</span>
          <button onClick={() => void panel.runAgain()}>{l10n.t('Try again')}</button>
        </div>
      )}
      {file.problems.length > 0 && (
        <section class="problems" aria-label={l10n.t('Problems')}>
          <p>
            <Icon name="error" /> {l10n.t('The file cannot be run until this is mended:')}
          </p>
          <ul>
            {file.problems.map((problem, i) => (
              <li key={i}>
                <button class="link" onClick={() => panel.reveal(problem.range)}>
                  {l10n.t('line {0}', problem.range.start.line + 1)}
                </button>
                <span>{problem.message}</span>
              </li>
            ))}
          </ul>
          <button onClick={() => void panel.runAgain()}>{l10n.t('Run again')}</button>
        </section>
      )}
      {running !== undefined && (
        <div class="banner is-running" role="status">
          <Icon name="loading" />
          <span>
            {running.time > 0 ? l10n.t('Running: {0} of virtual time', momentText(running.time)) : l10n.t('Running …')}
          </span>
          <button onClick={() => panel.cancel()}>{l10n.t('Cancel')}</button>
        </div>
      )}
    </>
  );
}
