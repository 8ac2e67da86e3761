import * as vscode from 'vscode';
import { DAY } from '../base/time.ts';
import { Simulation } from '../engine/simulation.ts';
import type { RunProgress } from '../panel/run-source.ts';
import type { RunOutcome } from '../protocol/messages.ts';
import type { RunPlan } from '../scenario/plan.ts';
import type { TraceData } from '../trace/columns.ts';
import type { ExpectationResult } from '../trace/expectations/index.ts';
import { checkExpectations } from '../trace/expectations/index.ts';
import { Trace } from '../trace/trace.ts';
import type { Pacing } from './paced-play.ts';
import { playInSlices } from './paced-play.ts';
import type { ScenarioFile } from './scenario-files.ts';

/** A run that was played to its end or to its limit. */
export interface PlayedRun {
  readonly plan: RunPlan;
  readonly trace: Trace;
  readonly results: readonly ExpectationResult[];
}

/** Larger traces are played again when they are asked for again, rather than kept. */
const KEPT_EVENTS = 200_000;

const REAL_TIME: Pacing = {
  clock: () => performance.now(),
  giveWay: () => new Promise((resolve) => setTimeout(resolve, 0)),
};

interface PlayedFile {
  readonly version: number;
  readonly traces: Map<number, PlayedRun>;
  readonly outcomes: Map<number, PlayedRun['results']>;
}

/** Plays runs without keeping anybody waiting, and remembers how the runs of each file's newest version came out. */
export class RunService implements vscode.Disposable {
  private readonly files = new Map<string, PlayedFile>();
  private readonly played = new vscode.EventEmitter<{ readonly file: ScenarioFile; readonly run: number; readonly played: PlayedRun }>();

  /** A run of a file was played. */
  readonly onDidPlay = this.played.event;

  /**
   * Plays one run of a file, or hands out what was played of the same version before.
   * @throws CancellationError when `token` is cancelled
   */
  async play(
    file: ScenarioFile,
    run: number,
    token: vscode.CancellationToken,
    progress?: (at: RunProgress) => void,
  ): Promise<PlayedRun> {
    const plan = file.runs[run];
    if (plan === undefined) throw new Error(`No run ${run} in ${file.uri.toString()}`);
    const known = this.playedOf(file)?.traces.get(run);
    if (known !== undefined) return known;
    const data = await playInSlices(new Simulation(plan, limitsOf(file.uri)), {
      isCancelled: () => token.isCancellationRequested,
      ...(progress === undefined ? {} : { progress }),
      pacing: REAL_TIME,
    });
    if (data === undefined) throw new vscode.CancellationError();
    const played = judge(plan, data);
    this.remember(file, run, played);
    return played;
  }

  /** What is known of the runs of this version of the file, by their index. */
  resultsOf(file: ScenarioFile): ReadonlyMap<number, readonly ExpectationResult[]> {
    return this.playedOf(file)?.outcomes ?? new Map<number, readonly ExpectationResult[]>();
  }

  /** The same, counted. */
  outcomesOf(file: ScenarioFile): readonly (RunOutcome | undefined)[] {
    const results = this.resultsOf(file);
    return file.runs.map((_, run) => {
      const known = results.get(run);
      return known === undefined ? undefined : count(known);
    });
  }

  /** Forgets a file that nobody looks at any more. */
  forget(uri: vscode.Uri): void {
    this.files.delete(uri.toString());
  }

  dispose(): void {
    this.files.clear();
    this.played.dispose();
  }

  private playedOf(file: ScenarioFile): PlayedFile | undefined {
    const known = this.files.get(file.uri.toString());
    return known?.version === file.version ? known : undefined;
  }

  private remember(file: ScenarioFile, run: number, played: PlayedRun): void {
    const newest = this.files.get(file.uri.toString());
    // The text was edited, and played again, while this run was still under way.
    if (newest !== undefined && newest.version > file.version) return;
    const known = this.playedOf(file) ?? { version: file.version, traces: new Map(), outcomes: new Map() };
    this.files.set(file.uri.toString(), known);
    known.outcomes.set(run, played.results);
    if (played.trace.length <= KEPT_EVENTS) known.traces.set(run, played);
    this.played.fire({ file, run, played });
  }
}

/** How many expectations were met. */
export function count(results: readonly ExpectationResult[]): RunOutcome {
  const met = results.filter((result) => result.met).length;
  return { met, failed: results.length - met };
}
