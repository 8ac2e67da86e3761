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

export interface PlayOptions {
  readonly progress?: (at: RunProgress) => void;
  /** Nobody looks at it: whoever looks at the same run and cancels it cancels it altogether. */
  readonly inBackground?: boolean;
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

/**
 * Plays runs without keeping anybody waiting, and remembers how they came out. A file that is edited, or closed and opened
 * again, is read anew and has new plans: nothing that was learned of the old ones is taken for theirs, and it is forgotten
 * with them.
 */
export class RunService implements vscode.Disposable {
  private readonly plays = new SharedPlays<RunPlan, PlayedRun, RunProgress>();
  private readonly didPlay = new vscode.EventEmitter<RunPlayed>();
  private kept = new WeakMap<RunPlan, PlayedRun>();
  private reports = new WeakMap<RunPlan, RunReport>();

  readonly onDidPlay = this.didPlay.event;

  /**
   * Plays one run of a file, or hands out what was played before.
   * @throws CancellationError when `token` is cancelled
   */
  async play(
    file: ScenarioFile,
    run: number,
    token: vscode.CancellationToken,
    { progress, inBackground }: PlayOptions = {},
  ): Promise<PlayedRun> {
    const plan = file.runs[run];
    if (plan === undefined) throw new Error(`No run ${run} in ${file.document.uri.toString()}`);
    const known = this.kept.get(plan);
    if (known !== undefined) return known;
    const played = await this.plays.join(plan, { token, progress, inBackground }, async (control) => {
      const simulation = new Simulation(plan, limitsFor(file.document.uri));
      const data = await playInSlices(simulation, { ...control, pacing: REAL_TIME });
      if (data === undefined) return undefined;
      const result = { plan, trace: new Trace(data) };
      this.remember(result);
      this.didPlay.fire({ file, run, played: result });
      return result;
    });
    if (played === undefined) throw new vscode.CancellationError();
    return played;
  }

  /** How a run came out, when it has been played. */
  reportOn(plan: RunPlan): RunReport | undefined {
    return this.reports.get(plan);
  }

  /** Forgets everything: other limits hold. */
  forget(): void {
    this.kept = new WeakMap();
    this.reports = new WeakMap();
  }

  dispose(): void {
    this.didPlay.dispose();
  }

  private remember(played: PlayedRun): void {
    this.reports.set(played.plan, report(played));
    if (played.trace.length <= KEPT_EVENTS) this.kept.set(played.plan, played);
  }
}

function report({ trace }: PlayedRun): RunReport {
  const results = [...trace.eventsOf('expectation')];
  const met = results.filter((result) => result.met).length;
  return { results, outcome: { met, failed: results.length - met } };
}
