import type { CancellationToken, Event, Uri } from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { FileRuns, RunOutcome } from '../protocol/messages.ts';
import type { TraceData } from '../trace/columns.ts';

/**
 * Where a panel gets its runs from: one file's scenarios, compiled and played by somebody else. The panel never computes a
 * run itself. Disposed of with its panel.
 */
export interface RunSource extends Disposable {
  readonly uri: Uri;
  /**
   * Reads the file as it is now, unsaved edits included, and gives its runs or what is wrong with it. Every call is a new
   * revision; `play` speaks of the newest.
   */
  runs(): Promise<FileRuns>;
  /**
   * Plays one run of the newest revision.
   * @param run index into its runs
   * @param progress called at most a few times a second
   * @throws CancellationError (of `vscode`) when `token` is cancelled; any other error's message is shown to the reader
   */
  play(run: number, token: CancellationToken, progress: (at: RunProgress) => void): Promise<TraceData>;
  /** The file's text changed after the newest revision was read. May fire for every key stroke. */
  readonly onDidChange: Event<void>;
  /** How the runs of the newest revision came out, in their order, as far as they have been played. */
  readonly onDidLearnOutcomes?: Event<readonly (RunOutcome | undefined)[]>;
}

export interface RunProgress {
  /** Virtual time reached, µs. */
  readonly time: number;
  /** Events so far. */
  readonly events: number;
}

/** Makes the source of a file's runs; the panel disposes of it. */
export type RunSourceFactory = (uri: Uri) => RunSource;
