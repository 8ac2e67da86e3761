import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable.ts';
import type {
  FileRuns,
  HostToPanel,
  PanelNotice,
  PanelRequest,
  PanelRequests,
  PanelToHost,
  PlayParams,
  PlayResult,
  RequestKind,
  RunOutcome,
  SavedState,
  Snapshot,
} from '../protocol/messages.ts';
import { PROTOCOL_VERSION } from '../protocol/messages.ts';
import { asPanelToHost } from '../protocol/validate.ts';
import type { EventId } from '../trace/event.ts';
import type { SourceRange } from '../scenario/source.ts';
import { panelHtml } from './html.ts';
import type { RunSource } from './run-source.ts';

/** What the reader looks at in a panel. */
export interface PanelSelection {
  readonly uri: vscode.Uri;
  readonly event: EventId;
  /** The line of the scenario behind it, when there is one. */
  readonly range: SourceRange | undefined;
}

export interface ScenarioPanelOptions {
  readonly panel: vscode.WebviewPanel;
  readonly source: RunSource;
  /** `dist/` of the extension: the only folder that the page may read. */
  readonly dist: vscode.Uri;
  /** The run to show first; otherwise what the page has saved. */
  readonly run?: number;
}

/** One file's panel: answers its page, and tells it what happens to the file. Knows no TCP and plays nothing itself. */
export class ScenarioPanel {
  readonly uri: vscode.Uri;
  private readonly panel: vscode.WebviewPanel;
  private readonly source: RunSource;
  private readonly dist: vscode.Uri;
  private readonly owned = new DisposableStore();
  private readonly selected = this.owned.add(new vscode.EventEmitter<PanelSelection>());
  private readonly disposed = this.owned.add(new vscode.EventEmitter<void>());
  /** The page has said `ready`: before, nothing is sent to it. */
  private listening = false;
  /** What was last read, and whether the file was edited since. */
  private file: FileRuns | undefined;
  private changed = false;
  /** The run to show when the page is ready. */
  private wanted: number | undefined;
  private playing: { readonly play: number; readonly cancel: vscode.CancellationTokenSource } | undefined;

  readonly onDidSelect = this.selected.event;
  readonly onDidDispose = this.disposed.event;

  constructor({ panel, source, dist, run }: ScenarioPanelOptions) {
    this.panel = panel;
    this.source = source;
    this.uri = source.uri;
    this.dist = dist;
    this.wanted = run;
    this.owned.add(source);
    this.owned.add(panel.onDidDispose(() => this.dispose()));
    // A hidden page is gone, and what is sent to it is lost; shown again, it says ready again.
    this.owned.add(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.listening = false;
      }),
    );
    this.owned.add(panel.webview.onDidReceiveMessage((message: unknown) => void this.onMessage(message)));
    this.owned.add(source.onDidChange(() => this.onChange()));
    if (source.onDidLearnOutcomes !== undefined)
      this.owned.add(source.onDidLearnOutcomes((outcomes) => this.onOutcomes(outcomes)));
    panel.title = fileName(source.uri);
    panel.webview.options = { enableScripts: true, localResourceRoots: [dist] };
    panel.webview.html = this.html();
  }

  get visible(): boolean {
    return this.panel.visible;
  }

  get active(): boolean {
    return this.panel.active;
  }

  /** Brings the panel to the front, and plays a run of the file as it is now; without one, that which is shown. */
  async show(run: number | undefined, preserveFocus: boolean): Promise<void> {
    const { listening } = this;
    if (!listening) this.wanted = run;
    this.panel.reveal(undefined, preserveFocus);
    if (!listening) return;
    this.post(run === undefined ? { kind: 'run-again' } : { kind: 'show', file: await this.read(), run });
  }

  /** The reader's cursor stands on this line of the file. */
  showLine(line: number): void {
    if (this.file !== undefined && !this.changed) this.post({ kind: 'line', revision: this.file.revision, line });
  }

  close(): void {
    this.panel.dispose();
  }

  private dispose(): void {
    this.cancel();
    this.listening = false;
    this.disposed.fire();
    this.owned.dispose();
  }

  private onOutcomes(outcomes: readonly (RunOutcome | undefined)[]): void {
    if (this.file === undefined) return;
    const { revision } = this.file;
    this.post({ kind: 'outcomes', revision, outcomes: outcomes.map((outcome) => outcome ?? null) });
  }

  private onChange(): void {
    if (this.changed || this.file === undefined) return;
    this.changed = true;
    this.post({ kind: 'changed', revision: this.file.revision });
  }

  private async onMessage(raw: unknown): Promise<void> {
    const message: PanelToHost | undefined = asPanelToHost(raw);
    if (message === undefined) return;
    if (message.kind !== 'request') {
      await this.onNotice(message);
      return;
    }
    // Every request is answered, whatever goes wrong.
    try {
      this.post({ kind: 'reply', id: message.id, result: await this.answer(message) });
    } catch (error) {
      this.post({ kind: 'error', id: message.id, message: error instanceof Error ? error.message : String(error) });
    }
  }

  private answer(message: PanelRequest): Promise<PanelRequests[RequestKind]['result']> {
    switch (message.request) {
      case 'ready':
        this.listening = true;
        return this.snapshot(message.params.saved);
      case 'reload':
        return this.read();
      case 'play':
        return this.play(message.params);
    }
  }

  private async snapshot(saved: SavedState | undefined): Promise<Snapshot> {
    const file = this.file === undefined || !this.changed ? await this.read() : this.file;
    const show = this.wanted ?? runOf(file, saved);
    this.wanted = undefined;
    return {
      protocolVersion: PROTOCOL_VERSION,
      uri: this.uri.toString(),
      fileName: fileName(this.uri),
      locale: vscode.env.language,
      l10n: vscode.l10n.bundle ?? {},
      file,
      show,
      changed: this.changed,
    };
  }

  private async read(): Promise<FileRuns> {
    this.cancel();
    this.changed = false;
    this.file = await this.source.runs();
    return this.file;
  }

  private async play({ play, revision, run }: PlayParams): Promise<PlayResult> {
    this.cancel();
    const file = this.file ?? (await this.read());
    if (revision !== file.revision) return { kind: 'outdated', play, file };
    const cancel = new vscode.CancellationTokenSource();
    const playing = { play, cancel };
    this.playing = playing;
    try {
      const data = await this.source.play(run, cancel.token, ({ time, events }) =>
        this.post({ kind: 'progress', play, time, events }),
      );
      return { kind: 'trace', play, data };
    } catch (error) {
      if (error instanceof vscode.CancellationError || cancel.token.isCancellationRequested)
        return { kind: 'cancelled', play };
      throw error;
    } finally {
      cancel.dispose();
      if (this.playing === playing) this.playing = undefined;
    }
  }

  private cancel(): void {
    this.playing?.cancel.cancel();
    this.playing = undefined;
  }

  private async onNotice(notice: PanelNotice): Promise<void> {
    switch (notice.kind) {
      case 'cancel':
        if (this.playing?.play === notice.play) this.cancel();
        return;
      case 'reveal':
        await this.reveal(notice.range);
        return;
      case 'selection':
        this.selected.fire({ uri: this.uri, event: notice.event, range: notice.range });
        return;
      case 'copy':
        await vscode.env.clipboard.writeText(notice.text);
        vscode.window.setStatusBarMessage(l10n.t('Copied'), 2_000);
    }
  }

  /** Shows a line in the editor that has the file open, else beside the panel. */
  private async reveal(range: SourceRange): Promise<void> {
    const selection = new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
    const open = vscode.window.visibleTextEditors.find(
      ({ document }) => document.uri.toString() === this.uri.toString(),
    );
    const viewColumn =
      open?.viewColumn ??
      (this.panel.viewColumn === vscode.ViewColumn.One ? vscode.ViewColumn.Beside : vscode.ViewColumn.One);
    await vscode.window.showTextDocument(this.uri, { viewColumn, selection });
  }

  private post(message: HostToPanel): void {
    if (this.listening) void this.panel.webview.postMessage(message);
  }

  private html(): string {
    const { webview } = this.panel;
    const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(this.dist, name)).toString();
    return panelHtml({
      nonce: newNonce(),
      source: webview.cspSource,
      scripts: [file('mermaid.js'), file('webview.js')],
      styles: [file('codicon.css'), file('webview.css')],
      language: vscode.env.language,
    });
  }
}

/** The run that the saved state names, else the first. */
function runOf(file: FileRuns, saved: SavedState | undefined): number {
  const found = file.runs.findIndex(
    ({ scenario, variant }) => scenario.en === saved?.scenario && variant?.en === saved.variant,
  );
  return Math.max(0, found);
}

function fileName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

function newNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
