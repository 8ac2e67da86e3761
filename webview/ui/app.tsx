import * as l10n from '@vscode/l10n';
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Panel } from '../panel.ts';
import { onKey } from '../keyboard.ts';
import { Banner } from './banner.tsx';
import { Cards } from './cards.tsx';
import { Diagram } from './diagram.tsx';
import { Expectations } from './expectations.tsx';
import { Header } from './header.tsx';
import { useStore } from './hooks.ts';
import { StateTable } from './state-table.tsx';
import { Takeaway } from './takeaway.tsx';
import { Strip } from './strip.tsx';
import { Transport } from './transport.tsx';
import { Why } from './why.tsx';

/** Puts the page into the document. */
export function mount(root: HTMLElement, panel: Panel): void {
  render(<App panel={panel} />, root);
}

function App({ panel }: { readonly panel: Panel }) {
  const state = useStore(panel.store);
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event, panel);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [panel]);
  const { view } = state;
  return (
    <main
      class="page"
      aria-busy={state.running !== undefined || (state.fileName === '' && state.failure === undefined)}
    >
      <Header panel={panel} state={state} />
      <Banner panel={panel} state={state} />
      {view === undefined ? (
        state.running === undefined &&
        state.failure === undefined &&
        state.file.problems.length === 0 &&
        state.fileName !== '' && <p class="empty">{l10n.t('This file has no scenario to run yet.')}</p>
      ) : (
        <>
          <Cards panel={panel} state={state} view={view} />
          <Strip panel={panel} state={state} view={view} />
          <div class="columns">
            <Diagram panel={panel} state={state} view={view} />
            <aside class="side">
              <StateTable panel={panel} state={state} view={view} />
              <Why panel={panel} state={state} view={view} />
            </aside>
          </div>
          <div class="findings">
            <Expectations panel={panel} view={view} />
            <Takeaway view={view} />
          </div>
          <Transport panel={panel} state={state} view={view} />
        </>
      )}
      <div class="sr-only" role="status" aria-live="polite">
        {state.announcement}
      </div>
    </main>
  );
}
