import * as l10n from '@vscode/l10n';
import { useMemo } from 'preact/hooks';
import { momentText } from '../../extension/trace/diagram/duration.ts';
import type { RunView } from '../model/run-view.ts';
import { stateRows } from '../model/state-rows.ts';
import type { Panel } from '../panel.ts';
import type { PanelState } from '../store.ts';

/** Value of the choice that follows the selection. */
const SELECTED = 'selected';

/** Both ends as their kernels see them at the cursor; what the last step changed is marked. */
export function StateTable({
  panel,
  state,
  view,
}: {
  readonly panel: Panel;
  readonly state: PanelState;
  readonly view: RunView;
}) {
  const { connections } = view.trace;
  const rows = useMemo(
    () => (connections.length === 0 ? [] : stateRows(view, state.connection, state.cursor)),
    [view, state.connection, state.cursor],
  );
  if (connections.length === 0) return null;
  const hosts = view.trace.connection(state.connection).sides.map(({ host }) => view.trace.placeName(host));
  return (
    <section class="states" tabIndex={0} aria-label={l10n.t('State of both ends')}>
      {connections.length > 1 && (
        <select
          aria-label={l10n.t('Connection')}
          value={state.pinned ? String(state.connection) : SELECTED}
          onChange={({ currentTarget: { value } }) =>
            panel.setConnection(value === SELECTED ? undefined : Number(value))
          }
        >
          <option value={SELECTED}>
            {l10n.t('{0} (follows the selection)', view.trace.connection(state.connection).name)}
          </option>
          {connections.map(({ name }, i) => (
            <option key={i} value={String(i)}>
              {name}
            </option>
          ))}
        </select>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">{l10n.t('at {0}', momentText(view.time(state.cursor)))}</th>
            {hosts.map((name, i) => (
              <th scope="col" key={i} class="end-name" title={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={row.name}
              class={`${row.cells.some(({ changed }) => changed) ? 'changed' : ''} ${row.tall ? 'tall' : ''}`}
            >
              <th scope="row" class={row.code ? 'code' : ''}>
                {row.name}
              </th>
              {row.cells.map((cell, i) => (
                <td key={i} class={cell.changed ? 'changed' : ''}>
                  {cell.changed && (
                    <span class="dot" role="img" aria-label={l10n.t('changed')}>
                      ●
                    </span>
                  )}
                  {cell.text}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
