/** Everything that the page shows, in one value. Components read it; only `Panel` (panel.ts) changes it. */
import type { FileRuns } from '../extension/protocol/messages.ts';
import type { EventId } from '../extension/trace/event.ts';
import type { Cursor, RunView, StepSize } from './model/run-view.ts';

export interface PanelState {
  readonly fileName: string;
  readonly file: FileRuns;
  /** The run that is shown or being played: index into `file.runs`. */
  readonly run: number;
  /** The file was edited after it was read. */
  readonly changed: boolean;
  /** A run is being played; `time` says how far it has come. */
  readonly running: { readonly play: number; readonly time: number } | undefined;
  /** Why there is nothing to see, for people. */
  readonly failure: string | undefined;
  readonly view: RunView | undefined;
  readonly cursor: Cursor;
  /** First events of the open folds. */
  readonly opened: ReadonlySet<EventId>;
  readonly stepSize: StepSize;
  readonly playing: boolean;
  /** The connection that tables and cards speak of. */
  readonly connection: number;
  /** The reader chose the connection; otherwise it is that of what is selected. */
  readonly pinned: boolean;
  /** The end from which the cards look. */
  readonly side: 0 | 1;
  /** Said aloud by a screen reader. */
  readonly announcement: string;
}

export const INITIAL_STATE: PanelState = {
  fileName: '',
  file: { revision: 0, runs: [], problems: [] },
  run: 0,
  changed: false,
  running: undefined,
  failure: undefined,
  view: undefined,
  cursor: { event: 0 },
  opened: new Set(),
  stepSize: 'row',
  playing: false,
  connection: 0,
  pinned: false,
  side: 0,
  announcement: '',
};

export class Store {
  private current = INITIAL_STATE;
  private readonly listeners = new Set<() => void>();

  get state(): PanelState {
    return this.current;
  }

  update(change: Partial<PanelState>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }

  /** Calls `listener` after every change, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
