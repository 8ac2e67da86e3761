/** What the page does: every wish of the reader and every word of the host ends here and becomes a new state. */
import * as l10n from '@vscode/l10n';
import type { FileRuns, HostNotice, SavedState, Snapshot } from '../extension/protocol/messages.ts';
import { PROTOCOL_VERSION } from '../extension/protocol/messages.ts';
import { isFileRuns, isSnapshot } from '../extension/protocol/validate.ts';
import type { EventId } from '../extension/trace/event.ts';
import { rootAction } from '../extension/trace/explain/index.ts';
import { Connection } from './connection.ts';
import { setLanguage } from './language.ts';
import type { Cursor, StepSize } from './model/run-view.ts';
import { RunView } from './model/run-view.ts';
import { connectionAt, observerOf, openingOf } from './model/perspective.ts';
import { spokenCursor } from './model/spoken.ts';
import { Player } from './player.ts';
import { Store } from './store.ts';

export class Panel {
  readonly store = new Store();
  private readonly connection = new Connection((notice) => this.onNotice(notice));
  private readonly player = new Player(() => this.playStep());
  private uri = '';
  private plays = 0;
  /** Where to go in the next trace: what the page had saved. */
  private wanted: SavedState | undefined;

  /** Says `ready` and shows what comes back. */
  async start(): Promise<void> {
    const { saved } = this.connection;
    let snapshot: Snapshot;
    try {
      snapshot = await this.connection.request('ready', {
        protocolVersion: PROTOCOL_VERSION,
        ...(saved === undefined ? {} : { saved }),
      });
    } catch (error) {
      this.store.update({ failure: (error as Error).message });
      return;
    }
    if (!isSnapshot(snapshot) || snapshot.protocolVersion !== PROTOCOL_VERSION) {
      this.store.update({
        failure: l10n.t('This panel belongs to another version of the extension. Close it and open it again.'),
      });
      return;
    }
    setLanguage(snapshot.locale, snapshot.l10n);
    this.uri = snapshot.uri;
    this.wanted = saved;
    this.store.update({ fileName: snapshot.fileName, file: snapshot.file, changed: snapshot.changed });
    await this.show(snapshot.show);
  }

  /** Plays a run of the file and shows it. */
  async show(run: number): Promise<void> {
    const { file } = this.store.state;
    if (file.runs.length === 0) {
      this.store.update({ run: 0, view: undefined, running: undefined, failure: undefined });
      return;
    }
    this.pause();
    const play = ++this.plays;
    const index = Math.min(run, file.runs.length - 1);
    this.store.update({ run: index, running: { play, time: 0 }, failure: undefined });
    try {
      const result = await this.connection.request('play', { play, revision: file.revision, run: index });
      if (play !== this.plays) return;
      if (result.kind === 'trace') this.onTrace(new RunView(result.data));
      else if (result.kind === 'outdated') {
        this.store.update({ file: result.file, changed: false });
        await this.show(index);
      } else this.store.update({ running: undefined });
    } catch (error) {
      if (play === this.plays) this.store.update({ running: undefined, failure: (error as Error).message });
    }
  }

  /** Reads the file again and plays the same run of it. */
  async runAgain(): Promise<void> {
    const { file: old, run } = this.store.state;
    this.wanted = this.place();
    try {
      const file: FileRuns = await this.connection.request('reload', {});
      if (!isFileRuns(file)) return;
      this.store.update({ file, changed: false });
      await this.show(sameRun(file, old, run));
    } catch (error) {
      this.store.update({ failure: (error as Error).message });
    }
  }

  cancel(): void {
    const { running } = this.store.state;
    if (running === undefined) return;
    this.connection.notify({ kind: 'cancel', play: running.play });
    this.plays++;
    this.store.update({ running: undefined });
  }

  select(cursor: Cursor): void {
    const { view } = this.store.state;
    if (view === undefined) return;
    this.store.update({ cursor, announcement: spokenCursor(view, cursor), ...this.followed(view, cursor) });
    const action = rootAction(view.trace, cursor.until ?? cursor.event)?.action;
    const range = action === undefined ? undefined : view.trace.header.actions[action]?.range;
    this.connection.notify({
      kind: 'selection',
      play: this.plays,
      event: cursor.event,
      ...(range === undefined ? {} : { range }),
    });
    this.save();
  }

  step(direction: 1 | -1, size?: StepSize): void {
    const { view, cursor, stepSize } = this.store.state;
    if (view !== undefined) this.select(view.step(cursor, direction, size ?? stepSize));
  }

  edge(direction: 1 | -1): void {
    const { view } = this.store.state;
    if (view !== undefined) this.select(view.edge(direction));
  }

  setStepSize(stepSize: StepSize): void {
    this.store.update({ stepSize });
  }

  toggleFold(event: EventId): void {
    const opened = new Set(this.store.state.opened);
    if (!opened.delete(event)) opened.add(event);
    this.store.update({ opened });
    this.save();
  }

  setSide(side: 0 | 1): void {
    this.store.update({ side });
  }

  /** Shows the ends of a connection; undefined: of the one that the selection belongs to. */
  setConnection(connection: number | undefined): void {
    const { view, cursor } = this.store.state;
    if (view === undefined) return;
    if (connection === undefined) this.store.update({ pinned: false });
    this.store.update(
      connection === undefined
        ? this.followed(view, cursor)
        : { connection, pinned: true, side: observerOf(view.trace, connection) },
    );
  }

  private followed(view: RunView, cursor: Cursor): { readonly connection?: number; readonly side?: 0 | 1 } {
    const { connection: shown, pinned } = this.store.state;
    const connection = pinned ? shown : connectionAt(view.trace, cursor.until ?? cursor.event, shown);
    return connection === shown ? {} : { connection, side: observerOf(view.trace, connection) };
  }

  /** Shows a line of the scenario in the editor. */
  reveal(range: { start: { line: number; character: number }; end: { line: number; character: number } }): void {
    this.connection.notify({ kind: 'reveal', revision: this.store.state.file.revision, range });
  }

  copy(text: string): void {
    this.connection.notify({ kind: 'copy', text });
  }

  togglePlay(): void {
    if (this.store.state.playing) {
      this.pause();
      return;
    }
    const { view, cursor } = this.store.state;
    if (view === undefined) return;
    // At the end, play starts over.
    if (view.step(cursor, 1, 'row') === cursor) this.edge(-1);
    this.store.update({ playing: true });
    this.player.start();
  }

  pause(): void {
    this.player.stop();
    if (this.store.state.playing) this.store.update({ playing: false });
  }

  private playStep(): void {
    const { view, cursor } = this.store.state;
    const next = view?.step(cursor, 1, 'row');
    if (next === undefined || next === cursor) this.pause();
    else this.select(next);
  }

  private onTrace(view: RunView): void {
    const { file, run } = this.store.state;
    const results = view.expectations();
    const outcome = { met: results.filter(({ met }) => met).length, failed: results.filter(({ met }) => !met).length };
    const runs = file.runs.map((info, i) => (i === run ? { ...info, outcome } : info));
    const wanted = this.wanted;
    this.wanted = undefined;
    const here = wanted !== undefined && wanted.variant === file.runs[run]?.variant?.en;
    const known = (event: EventId | undefined): event is EventId => event !== undefined && event < view.trace.length;
    const cursor =
      here && known(wanted.event)
        ? { event: wanted.event, ...(known(wanted.until) ? { until: wanted.until } : {}) }
        : openingOf(view);
    const connection = connectionAt(view.trace, cursor.until ?? cursor.event, 0);
    this.store.update({
      view,
      file: { ...file, runs },
      running: undefined,
      connection,
      pinned: false,
      side: observerOf(view.trace, connection),
      opened: here ? new Set(wanted.opened) : new Set(),
      cursor,
      announcement: l10n.t('Run finished: {0} lines', view.rows.all.length),
    });
    this.save();
  }

  private onNotice(notice: HostNotice): void {
    const { state } = this.store;
    switch (notice.kind) {
      case 'progress':
        if (notice.play === state.running?.play)
          this.store.update({ running: { play: notice.play, time: notice.time } });
        return;
      case 'changed':
        if (notice.revision === state.file.revision) this.store.update({ changed: true });
        return;
      case 'show':
        this.store.update({ file: notice.file, changed: false });
        void this.show(notice.run);
        return;
      case 'run-again':
        void this.runAgain();
        return;
      case 'outcomes':
        if (notice.revision !== state.file.revision) return;
        this.store.update({
          file: {
            ...state.file,
            runs: state.file.runs.map((run, i) => ({
              ...run,
              ...(notice.outcomes[i] ? { outcome: notice.outcomes[i] } : {}),
            })),
          },
        });
        return;
      case 'line':
        if (notice.revision === state.file.revision) this.selectLine(notice.line);
    }
  }

  private selectLine(line: number): void {
    const { view } = this.store.state;
    const action = view?.trace.header.actions.findIndex(
      ({ range }) => range.start.line <= line && line <= range.end.line,
    );
    if (view === undefined || action === undefined || action < 0) return;
    const cursor = view.firstOfAction(action);
    if (cursor !== undefined) this.select(cursor);
  }

  private place(): SavedState {
    const { file, run, cursor, opened } = this.store.state;
    const info = file.runs[run];
    return {
      uri: this.uri,
      ...(info === undefined ? {} : { scenario: info.scenario.en }),
      ...(info?.variant === undefined ? {} : { variant: info.variant.en }),
      event: cursor.event,
      ...(cursor.until === undefined ? {} : { until: cursor.until }),
      opened: [...opened],
    };
  }

  private save(): void {
    this.connection.save(this.place());
  }
}

/** The run of the new reading that has the old one's titles; else the one in its place. */
function sameRun(file: FileRuns, old: FileRuns, run: number): number {
  const before = old.runs[run];
  const found = file.runs.findIndex(
    ({ scenario, variant }) => scenario.en === before?.scenario.en && variant?.en === before.variant?.en,
  );
  return found < 0 ? Math.min(run, Math.max(0, file.runs.length - 1)) : found;
}
