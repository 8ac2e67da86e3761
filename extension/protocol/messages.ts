/**
 * What host and page say to each other. The page speaks first (`ready`); nothing is sent to it before. Whatever belongs
 * to a play carries its `play` number, and whatever speaks of the file its `revision`: what is of an older one is dropped.
 * Plain data only; a trace travels as its columns (structured clone), everything else would survive JSON.
 */
import type { LocalizedText, SourceRange } from '../scenario/source.ts';
import type { TraceData } from '../trace/columns.ts';
import type { EventId } from '../trace/event.ts';

/** Rises when a message changes its shape: a page restored from an older build is then told to reload. */
export const PROTOCOL_VERSION = 1;

/** One run of the file: a scenario, or one of its variants. */
export interface RunInfo {
  readonly scenario: LocalizedText;
  /** Absent for the one run of a scenario without variants. */
  readonly variant?: LocalizedText;
  readonly question?: LocalizedText;
  /** The variant's heading, or the scenario's. */
  readonly range: SourceRange;
  /** How its expectations came out, where it has been played. */
  readonly outcome?: RunOutcome;
}

export interface RunOutcome {
  readonly met: number;
  readonly failed: number;
}

/** What stands in the way of playing the file. */
export interface FileProblem {
  readonly range: SourceRange;
  /** In the reader's language, as in the editor's list of problems. */
  readonly message: string;
}

/** The file as it was when it was last read. */
export interface FileRuns {
  /** Rises with every reading; indexes into `runs` are good for this one only. */
  readonly revision: number;
  /** In file order; empty when there are `problems`. */
  readonly runs: readonly RunInfo[];
  /** Errors, never warnings. */
  readonly problems: readonly FileProblem[];
}

/** Where the page was: what `setState` keeps, and what `ready` brings back. */
export interface SavedState {
  /** The file that the panel belongs to; the host finds it again by this after a restart. */
  readonly uri: string;
  /** English titles, since indexes move when the file is edited. */
  readonly scenario?: string;
  readonly variant?: string;
  /** The selected event; `until`: the silence that follows it, up to that event. */
  readonly event?: EventId;
  readonly until?: EventId;
  /** First events of the folds that are open. */
  readonly opened?: readonly EventId[];
}

/** Everything the page needs to begin. */
export interface Snapshot {
  readonly protocolVersion: number;
  readonly uri: string;
  /** The file's name, for people. */
  readonly fileName: string;
  /** VS Code's display language, and its bundle; empty for English. */
  readonly locale: string;
  readonly l10n: Readonly<Record<string, string>>;
  readonly file: FileRuns;
  /** The run to show: what was asked for, else what the saved state names, else the first. */
  readonly show: number;
  /** True when the file was edited after it was read. */
  readonly changed: boolean;
}

export interface PlayParams {
  /** Chosen by the page, rising. */
  readonly play: number;
  readonly revision: number;
  /** Index into the runs of that revision. */
  readonly run: number;
}

export type PlayResult =
  | { readonly kind: 'trace'; readonly play: number; readonly data: TraceData }
  | { readonly kind: 'cancelled'; readonly play: number }
  /** The file has been read again since; its runs come with it. */
  | { readonly kind: 'outdated'; readonly play: number; readonly file: FileRuns };

/** Asked by the page, answered by the host. Each one settles: with a result, an error, or the panel's end. */
export interface PanelRequests {
  /** First message of every page. */
  ready: { params: { readonly protocolVersion: number; readonly saved?: SavedState }; result: Snapshot };
  /** Read the file again: the reader pressed "Run again". */
  reload: { params: Record<string, never>; result: FileRuns };
  /** Play one run. A new one cancels the one before. */
  play: { params: PlayParams; result: PlayResult };
}
export type RequestKind = keyof PanelRequests;
export const REQUEST_KINDS: readonly RequestKind[] = ['ready', 'reload', 'play'];

export type PanelRequest = {
  [K in RequestKind]: {
    readonly kind: 'request';
    readonly request: K;
    /** Number of the request, chosen by the page. */
    readonly id: number;
    readonly params: PanelRequests[K]['params'];
  };
}[RequestKind];

/** Said by the page; nothing comes back. */
export type PanelNotice =
  /** Stop the play with this number. */
  | { readonly kind: 'cancel'; readonly play: number }
  /** A line of the scenario was clicked: show it in the editor. */
  | { readonly kind: 'reveal'; readonly revision: number; readonly range: SourceRange }
  /** Another event was selected. `range`: the line of the scenario behind it, when there is one. */
  | { readonly kind: 'selection'; readonly play: number; readonly event: EventId; readonly range?: SourceRange }
  /** Text for the clipboard: what a page may not always write itself. */
  | { readonly kind: 'copy'; readonly text: string };

export type PanelToHost = PanelRequest | PanelNotice;

export type HostReply =
  | { readonly kind: 'reply'; readonly id: number; readonly result: PanelRequests[RequestKind]['result'] }
  /** `message` is for people, in their language. */
  | { readonly kind: 'error'; readonly id: number; readonly message: string };

/** Said by the host at any time after `ready` was answered. */
export type HostNotice =
  /** How far a play has come, in virtual time; sent at most a few times a second. */
  | { readonly kind: 'progress'; readonly play: number; readonly time: number; readonly events: number }
  /** The file was edited after revision `revision` was read. */
  | { readonly kind: 'changed'; readonly revision: number }
  /** Show this run (the reader pressed "Run" in the editor). `file` has been read freshly. */
  | { readonly kind: 'show'; readonly file: FileRuns; readonly run: number }
  /** Read the file again and play the run that is shown (the reader pressed "Run" without naming one). */
  | { readonly kind: 'run-again' }
  /** How the runs of this revision came out, in their order; null where one has not been played. */
  | { readonly kind: 'outcomes'; readonly revision: number; readonly outcomes: readonly (RunOutcome | null)[] }
  /** The reader's cursor stands on this line (zero-based) of the file: select what it brought about. */
  | { readonly kind: 'line'; readonly revision: number; readonly line: number };

export type HostToPanel = HostReply | HostNotice;
