import { assertDefined, assertNever } from '../base/assert.ts';
import type { Micros } from '../base/time.ts';
import type { ExpectationPlan, TimeReference } from '../scenario/expectation.ts';
import { DEFAULT_MAX_TIME } from '../scenario/limits.ts';
import type { ActionPlan, RunPlan } from '../scenario/plan.ts';
import type { TcpState } from '../scenario/tcp-state.ts';
import type { TraceData } from '../trace/columns.ts';
import { EventLimitReached, TraceWriter } from '../trace/columns.ts';
import type { EventFields, EventId } from '../trace/event.ts';
import { NO_CAUSE } from '../trace/event.ts';
import { checkExpectations } from '../trace/expectations/index.ts';
import { Trace } from '../trace/trace.ts';
import { carryOut } from './actions.ts';
import type { Connections } from './connections.ts';
import { headerOf } from './header.ts';
import { Recorder } from './recorder.ts';
import { Scheduler } from './scheduler.ts';
import type { Tcb } from './tcp/tcb.ts';
import { buildWorld, type World } from './world.ts';

/** Where a run stops even if its scenario would go on. */
export interface RunLimits {
  /** Events in the trace. */
  readonly maxEvents: number;
  /** Virtual time. */
  readonly maxTime: Micros;
}

export const DEFAULT_LIMITS: RunLimits = { maxEvents: 500_000, maxTime: DEFAULT_MAX_TIME };

/** `when` triggers that wait for a state. */
interface Watch {
  readonly action: number;
  readonly connection: string;
  readonly host: string;
  readonly state: TcpState;
}

/**
 * One run of a plan in virtual time. Call `advance` until it returns true (in slices, so that nothing freezes), then
 * `finish`. `cancel` ends it where it stands; what happened so far is kept.
 */
export class Simulation {
  private readonly plan: RunPlan;
  private readonly limits: RunLimits;
  /** Nothing that comes later is done. */
  private readonly horizon: Micros;
  private readonly scheduler = new Scheduler();
  private readonly recorder: Recorder;
  private readonly world: World;
  private readonly connections: Connections;
  private watches: Watch[] = [];
  /** What happens some time after an action. */
  private readonly followers = new Map<number, { readonly action: number; readonly delay: Micros }[]>();
  /** Moments that have come: name → time. */
  private readonly moments = new Map<string, Micros>();
  private ended: EventFields<'run.ended'>['reason'] | undefined;

  constructor(plan: RunPlan, limits: Partial<RunLimits> = {}) {
    this.plan = plan;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.horizon = Math.min(plan.until ?? Infinity, this.limits.maxTime);
    this.recorder = new Recorder(new TraceWriter(headerOf(plan)), this.scheduler);
    this.world = buildWorld(plan, this.scheduler, this.recorder);
    this.connections = this.world.connections;
    for (const host of this.world.hosts.values()) {
      host.onStateChange = (tcb, changed) => {
        this.onStateChange(host.name, tcb, changed);
      };
    }
    for (const [index, action] of plan.actions.entries()) this.scheduleAction(index, action);
  }

  /** Virtual time so far. */
  get now(): Micros {
    return this.scheduler.now;
  }

  /** Events in the trace so far. */
  get eventCount(): number {
    return this.recorder.writer.length;
  }

  /** Does up to `maxSteps` things. @returns true when the run has ended. */
  advance(maxSteps: number): boolean {
    const { writer } = this.recorder;
    const { maxEvents } = this.limits;
    writer.limit = maxEvents;
    try {
      if (this.ended === undefined && !this.scheduler.run(maxSteps, this.horizon, writer, maxEvents)) {
        this.ended = this.nothingLeft();
      }
      if (writer.length >= maxEvents) this.ended ??= 'event-limit';
    } catch (error) {
      if (!(error instanceof EventLimitReached)) throw error;
      this.ended = 'event-limit';
    } finally {
      // How the run ended and what became of its expectations is written in any case.
      writer.limit = Infinity;
    }
    return this.ended !== undefined;
  }

  /** Ends the run where it stands. */
  cancel(): void {
    this.ended ??= 'cancelled';
  }

  /** Closes the trace: how the run ended, and what became of every expectation. */
  finish(): TraceData {
    this.recorder.record('run.ended', 0, { reason: this.ended ?? 'cancelled' }, NO_CAUSE);
    const soFar = new Trace(this.recorder.writer.finish());
    for (const result of checkExpectations(soFar, this.plan.expectations)) {
      this.recorder.record(
        'expectation',
        0,
        {
          expectation: result.expectation,
          met: result.met,
          evidence: result.evidence,
          code: result.code,
          args: result.args,
        },
        result.evidence,
      );
    }
    return this.recorder.writer.finish();
  }

  /** There is nothing to do up to the horizon: why the run ends. */
  private nothingLeft(): EventFields<'run.ended'>['reason'] {
    const { until } = this.plan;
    const next = this.scheduler.nextAt;
    if (until !== undefined && (next ?? Infinity) > until) {
      this.scheduler.skipTo(until);
      return 'until';
    }
    if (next !== undefined) return 'time-limit';
    this.scheduler.skipTo(Math.max(this.now, this.lastExpectedMoment()));
    return 'idle';
  }

  // ---- actions ----

  private scheduleAction(index: number, action: ActionPlan): void {
    const { trigger } = action;
    switch (trigger.kind) {
      case 'at':
        this.scheduleAt(index, trigger.time);
        break;
      case 'every':
        this.scheduleEvery(index, trigger.interval, trigger.from, trigger.until ?? Infinity);
        break;
      case 'when':
        this.watches.push({ action: index, connection: trigger.connection, host: trigger.host, state: trigger.state });
        break;
      case 'after':
        // Scheduled when the action that it follows is carried out.
        this.follow(trigger.action, { action: index, delay: trigger.delay });
        break;
      default:
        assertNever(trigger);
    }
  }

  private follow(action: number, follower: { readonly action: number; readonly delay: Micros }): void {
    const known = this.followers.get(action);
    if (known === undefined) this.followers.set(action, [follower]);
    else known.push(follower);
  }

  private scheduleAt(index: number, time: Micros, cause: EventId = NO_CAUSE): void {
    this.scheduler.at(time, () => {
      this.run(index, cause);
    });
  }

  private scheduleEvery(index: number, interval: Micros, at: Micros, until: Micros): void {
    if (at > until) return;
    this.scheduler.at(at, () => {
      this.run(index, NO_CAUSE);
      this.scheduleEvery(index, interval, at + interval, until);
    });
  }

  private run(index: number, cause: EventId): void {
    const action = assertDefined(this.plan.actions[index], `action ${index}`);
    this.recorder.causedBy(cause, () => {
      const event = carryOut(action, index, this.world, this.recorder);
      if (action.moment !== undefined && !this.moments.has(action.moment)) this.moments.set(action.moment, this.now);
      for (const { action: other, delay } of this.followers.get(index) ?? []) {
        this.scheduleAt(other, this.now + delay, event);
      }
    });
  }

  private onStateChange(host: string, tcb: Tcb, changed: EventId): void {
    const name = this.connections.name(tcb.connection);
    const due = this.watches.filter(
      (watch) => watch.host === host && watch.connection === name && watch.state === tcb.state,
    );
    if (due.length === 0) return;
    this.watches = this.watches.filter(
      (watch) => watch.host !== host || watch.connection !== name || watch.state !== tcb.state,
    );
    for (const watch of due) this.scheduleAt(watch.action, this.now, changed);
  }

  // ---- the end ----

  private lastExpectedMoment(): Micros {
    let last: Micros = 0;
    for (const expectation of this.plan.expectations) {
      for (const time of this.timesOf(expectation)) last = Math.max(last, time);
    }
    return last;
  }

  private timesOf({ when }: ExpectationPlan): Micros[] {
    switch (when.kind) {
      case 'any':
        return [];
      case 'at':
      case 'before':
      case 'after':
        return this.timeOf(when.time);
      case 'within':
        return this.timeOf(when.of).map((time) => time + when.duration);
      case 'between':
        return [...this.timeOf(when.from), ...this.timeOf(when.to)];
    }
  }

  private timeOf({ base, offset }: TimeReference): Micros[] {
    switch (base.kind) {
      case 'start':
        return [offset];
      case 'moment': {
        const moment = this.moments.get(base.name);
        return moment === undefined ? [] : [moment + offset];
      }
      case 'last-received':
      case 'happening':
        return [];
    }
  }
}
