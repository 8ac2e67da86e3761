import { formatDuration, type Micros } from '../../base/time.ts';
import type { TriggerPlan } from '../../scenario/plan.ts';
import type * as ast from '../generated/ast.ts';
import { bareName } from '../names/name-sites.ts';
import { nearest } from '../names/suggestion.ts';
import { rangeOf, rangeOfProperty } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import type { ProblemList } from '../problems/problem.ts';
import type { Evaluator } from '../values/evaluator.ts';
import { parseState, STATE_WORDS } from './words.ts';
import type { RunNames } from './run-names.ts';

/** When a timed statement happens, as far as it is known before the run. */
export type Timing =
  | { readonly kind: 'at'; readonly time: Micros }
  | { readonly kind: 'every'; readonly interval: Micros; readonly time: Micros; readonly until?: Micros }
  /** `delay` after `base`, which waits for something. */
  | { readonly kind: 'after'; readonly base: ast.Timed; readonly delay: Micros; readonly time?: never }
  | (Extract<TriggerPlan, { kind: 'when' }> & { readonly time?: never });

/** The time of every timed statement of one run. Each is computed once, when it is first asked for. */
export class Timeline {
  private readonly timings = new Map<ast.Timed, Timing | undefined>();
  private readonly above = new Map<ast.Timed, ast.Timed>();
  private readonly names: RunNames;
  private readonly values: Evaluator;
  private readonly problems: ProblemList;

  constructor(
    blocks: readonly (readonly ast.BlockStatement[])[],
    names: RunNames,
    values: Evaluator,
    problems: ProblemList,
  ) {
    this.names = names;
    this.values = values;
    this.problems = problems;
    for (const statements of blocks) {
      let above: ast.Timed | undefined;
      for (const statement of statements) {
        if (statement.$type !== 'Timed') continue;
        if (above !== undefined) this.above.set(statement, above);
        above = statement;
      }
    }
    for (const statements of blocks) this.checkForward(statements);
  }

  /** When a statement happens; undefined when that could not be made out, which is then reported. */
  of(statement: ast.Timed): Timing | undefined {
    // What it counts from comes first, without recursion: a thousand statements may each count from another one.
    const waiting = this.timings.has(statement) ? [] : [statement];
    for (let current = waiting.at(-1); current !== undefined; current = waiting.at(-1)) {
      this.timings.set(current, this.timings.get(current)); // What needs itself has no time.
      const base = this.bases(current).find((candidate) => !this.timings.has(candidate));
      if (base !== undefined) {
        waiting.push(base);
        continue;
      }
      this.timings.set(current, this.compute(current));
      waiting.pop();
    }
    return this.timings.get(statement);
  }

  /** The statements that a statement may count from. */
  private bases(statement: ast.Timed): ast.Timed[] {
    const { trigger } = statement;
    const moments = references(trigger).flatMap(({ offset, base }) => {
      const name = base?.name ?? (base === undefined && offset ? bareName(offset)?.name : undefined);
      return (name === undefined ? undefined : this.names.moment(name)) ?? [];
    });
    const above = trigger.$type === 'After' || trigger.$type === 'Every' ? this.above.get(statement) : undefined;
    return above === undefined ? moments : [...moments, above];
  }

  /** A time that is known before the run: `5s`, `fault`, `5ms after fault`. */
  staticTime(reference: ast.TimeReference): Micros | undefined {
    const timing = this.resolve(reference);
    if (timing === undefined || timing.kind === 'at') return timing?.time;
    const name = reference.base?.name ?? reference.$cstNode?.text ?? '';
    return void this.problems.add(messages.momentWithoutTime(name), rangeOf(reference));
  }

  private compute(statement: ast.Timed): Timing | undefined {
    const { trigger } = statement;
    switch (trigger.$type) {
      case 'At':
        return this.resolve(trigger.time);
      case 'After': {
        const delay = this.values.duration(trigger.delay);
        const above = this.above.get(statement);
        if (above === undefined) return void this.problems.add(messages.afterNothing(), rangeOf(trigger));
        return delay === undefined ? undefined : this.later(above, delay);
      }
      case 'Every': {
        const interval = this.values.duration(trigger.interval, { min: 1 });
        const until = trigger.until && this.staticTime(trigger.until);
        const above = this.above.get(statement);
        const from = trigger.from ? this.staticTime(trigger.from) : above && this.of(above)?.time;
        if (trigger.from === undefined && (above === undefined || this.of(above)?.time === undefined)) {
          return void this.problems.add(messages.everyWithoutFrom(), rangeOf(trigger));
        }
        if (interval === undefined || from === undefined) return undefined;
        return { kind: 'every', interval, time: from, ...(until === undefined ? {} : { until }) };
      }
      case 'When': {
        const connection = this.names.find('connection', trigger.connection, trigger, 'connection');
        const host = this.names.find('host', trigger.host, trigger, 'host');
        const state = parseState(trigger.state);
        if (state === undefined) {
          this.problems.add(
            messages.unknownState(trigger.state, nearest(trigger.state, STATE_WORDS)),
            rangeOfProperty(trigger, 'state'),
          );
        }
        if (connection === undefined || host === undefined || state === undefined) return undefined;
        return { kind: 'when', connection: trigger.connection, host: host.name, state };
      }
    }
  }

  private resolve(reference: ast.TimeReference): Timing | undefined {
    if (reference.last || reference.base?.last) {
      return void this.problems.add(messages.momentWithoutTime('last segment received'), rangeOf(reference));
    }
    const { offset, base } = reference;
    if (offset === undefined) return undefined;
    const name = bareName(offset);
    if (base === undefined && name !== undefined && !this.names.has('value', name.name)) {
      const moment = this.names.find('moment', name.name, name, 'name');
      return moment && this.later(moment, 0);
    }
    const delay = this.values.duration(offset);
    if (delay === undefined) return undefined;
    if (base?.name === undefined) return { kind: 'at', time: delay };
    const moment = this.names.find('moment', base.name, base, 'name');
    if (moment === undefined) return undefined;
    const timing = this.later(moment, reference.direction === 'before' ? -delay : delay);
    if (timing?.kind === 'at' && timing.time < 0) {
      return void this.problems.add(messages.tooSmall('0s'), rangeOf(reference));
    }
    if (timing?.kind === 'after' && timing.delay < 0) {
      return void this.problems.add(messages.momentWithoutTime(base.name), rangeOf(reference));
    }
    return timing;
  }

  private later(base: ast.Timed, delay: Micros): Timing | undefined {
    const timing = this.of(base);
    if (timing === undefined) return undefined;
    return timing.time === undefined ? { kind: 'after', base, delay } : { kind: 'at', time: timing.time + delay };
  }

  private checkForward(statements: readonly ast.BlockStatement[]): void {
    let latest = -Infinity;
    for (const statement of statements) {
      if (statement.$type !== 'Timed') continue;
      const time = this.of(statement)?.time;
      if (time === undefined) continue;
      if (time < latest) {
        this.problems.add(
          messages.timeGoesBackward(formatDuration(time), formatDuration(latest)),
          rangeOf(statement.trigger),
        );
      }
      latest = time;
    }
  }
}

function references(trigger: ast.Trigger): ast.TimeReference[] {
  switch (trigger.$type) {
    case 'At':
      return [trigger.time];
    case 'Every':
      return [trigger.from ?? [], trigger.until ?? []].flat();
    case 'After':
    case 'When':
      return [];
  }
}
