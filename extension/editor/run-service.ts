import * as vscode from 'vscode';
import { Simulation } from '../engine/simulation.ts';
import type { RunProgress } from '../panel/run-source.ts';
import type { RunOutcome } from '../protocol/messages.ts';
import type { RunPlan } from '../scenario/plan.ts';
import type { EventOf } from '../trace/event.ts';
import { Trace } from '../trace/trace.ts';
import type { Pacing } from './paced-play.ts';
import { playInSlices } from './paced-play.ts';
import type { ScenarioFile } from './scenario-files.ts';
import { limitsFor } from './settings.ts';
import { SharedPlays } from './shared-plays.ts';

/** A run that was played to its end or to its limit. */
export interface PlayedRun {
  readonly plan: RunPlan;
  readonly trace: Trace;
}

/** What became of a run, without its trace. */
export interface RunReport {
  /** In the order of the run's expectations. */
  readonly results: readonly EventOf<'expectation'>[];
  readonly outcome: RunOutcome;
}

/** A run of a file has been played. */
export interface RunPlayed {
  readonly file: ScenarioFile;
  readonly run: number;
  readonly played: PlayedRun;
}

/** Traces larger than this are played again when they are asked for again, rather than kept. */
const KEPT_EVENTS = 200_000;

const REAL_TIME: Pacing = {
  clock: () => performance.now(),
  giveWay: () => new Promise((resolve) => setTimeout(resolve, 0)),
};

interface PlayedFile {
  readonly version: number;
  readonly runs: Map<number, PlayedRun>;
  readonly reports: Map<number, RunReport>;
}

/** Plays runs without keeping anybody waiting, and remembers how those of each file's newest version came out. */
export class RunService implements vscode.Disposable {
  private readonly files = new Map<string, PlayedFile>();
  private readonly plays = new SharedPlays<PlayedRun, RunProgress>();
  private readonly didPlay = new vscode.EventEmitter<RunPlayed>();

  readonly onDidPlay = this.didPlay.event;

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
    const known = this.playedOf(file)?.runs.get(run);
    if (known !== undefined) return known;
    const key = `${file.uri.toString()}#${file.version}#${run}`;
    const played = await this.plays.join(key, { token, progress }, async (control) => {
      const simulation = new Simulation(plan, limitsFor(file.uri));
      const data = await playInSlices(simulation, { ...control, pacing: REAL_TIME });
      if (data === undefined) return undefined;
      const result = { plan, trace: new Trace(data) };
      this.remember(file, run, result);
      return result;
    });
    if (played === undefined) throw new vscode.CancellationError();
    return played;
  }

  /** What is known of the runs of this version of the file, by their index. */
  reportsOf(file: ScenarioFile): ReadonlyMap<number, RunReport> {
    return this.playedOf(file)?.reports ?? new Map<number, RunReport>();
  }

  /** Forgets what was played of a file: it is closed, or other limits hold. */
  forget(uri: vscode.Uri): void {
    this.files.delete(uri.toString());
  }

  /** Forgets everything. */
  forgetAll(): void {
    this.files.clear();
  }

  dispose(): void {
    this.files.clear();
    this.didPlay.dispose();
  }

  private playedOf(file: ScenarioFile): PlayedFile | undefined {
    const known = this.files.get(file.uri.toString());
    return known?.version === file.version ? known : undefined;
  }

  private remember(file: ScenarioFile, run: number, played: PlayedRun): void {
    const newest = this.files.get(file.uri.toString());
    // The text was edited and played again while this run was still under way.
    if (newest !== undefined && newest.version > file.version) return;
    const known = this.playedOf(file) ?? { version: file.version, runs: new Map(), reports: new Map() };
    this.files.set(file.uri.toString(), known);
    known.reports.set(run, reportOn(played));
    if (played.trace.length <= KEPT_EVENTS) known.runs.set(run, played);
    this.didPlay.fire({ file, run, played });
  }
}

/** How the run's expectations came out. */
export function reportOn({ trace }: PlayedRun): RunReport {
  const results = [...trace.eventsOf('expectation')];
  const met = results.filter((result) => result.met).length;
  return { results, outcome: { met, failed: results.length - met } };
}
