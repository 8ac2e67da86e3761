/** A trace as a ladder of text, for terminals and for pasting into a report. */
import * as l10n from '@vscode/l10n';
import { DAY } from '../../base/time.ts';
import type { LocalizedText } from '../../scenario/source.ts';
import { durationText } from '../diagram/duration.ts';
import { foldRows } from '../diagram/fold.ts';
import {
  foldLabel,
  lossWord,
  noteLabel,
  numbersText,
  onTheWayWords,
  outcomeWord,
  rowTitle,
  silenceLabel,
  statementOf,
} from '../diagram/labels.ts';
import type { DisplayRow, NoteRow, SegmentRow, StateNote } from '../diagram/row.ts';
import { buildRows } from '../diagram/rows.ts';
import type { PlaceId } from '../event.ts';
import { describeExpectation } from '../explain/expectations.ts';
import { clock, flagNames, segmentTitle, span } from '../explain/words.ts';
import { RST } from '../schema.ts';
import type { Trace } from '../trace.ts';
import { cut, Line, printable, textWidth, wrap } from './cells.ts';

export interface LadderOptions {
  /** Alike packets in a row are one line. Default true. */
  readonly fold?: boolean;
  /** Columns, 70 at least. Default 110. */
  readonly width?: number;
  /** Which of the file's languages to show. Default English. */
  readonly language?: 'en' | 'zh-cn';
  /** The expectations at the end. Default true. */
  readonly expectations?: boolean;
}

/** Columns of the times. */
const TIME = 13;
const DELTA = 12;
/** Where the first lifeline stands. */
const LEFT = TIME + DELTA + 2;

/** The whole ladder, each line with its line feed. */
export function ladderText(trace: Trace, options: LadderOptions = {}): string {
  let text = '';
  for (const line of ladderLines(trace, options)) text += `${line}\n`;
  return text;
}

/** The ladder line by line, so that a long one need not be held in memory. */
export function* ladderLines(trace: Trace, options: LadderOptions = {}): Generator<string> {
  const width = Math.max(70, options.width ?? 110);
  const ladder = new Ladder(trace, width);
  yield* heading(trace, width, options.language ?? 'en');
  yield ladder.heads();
  const { all, stretches } = buildRows(trace);
  const rows = options.fold === false ? all : foldRows(all, stretches, new Set());
  let before: number | undefined;
  for (const row of rows) {
    yield* ladder.row(row, before);
    before = row.kind === 'fold' ? row.rows.at(-1)?.time : row.time;
  }
  if (options.expectations !== false) yield* expectationLines(trace, width);
}

export function localized(text: LocalizedText, language: 'en' | 'zh-cn'): string {
  return printable(language === 'zh-cn' ? (text['zh-cn'] ?? text.en) : text.en);
}

function* heading(trace: Trace, width: number, language: 'en' | 'zh-cn'): Generator<string> {
  const { scenario, variant, question } = trace.header;
  const title = localized(scenario, language);
  yield* wrap(variant === undefined ? title : `${title} — ${localized(variant, language)}`, width);
  if (question !== undefined) yield* wrap(localized(question, language), width);
  yield '';
}

/** Draws rows between lifelines. */
class Ladder {
  private readonly trace: Trace;
  private readonly width: number;
  /** Column of each host's lifeline, in the order of the file. */
  private readonly columns = new Map<PlaceId, number>();
  /** Where the right-hand text begins. */
  private readonly right: number;

  constructor(trace: Trace, width: number) {
    this.trace = trace;
    this.width = width;
    const hosts = trace.places.flatMap((place, id) => (place.kind === 'host' ? [id] : []));
    const gap = Math.max(6, Math.floor((width - LEFT - 44) / Math.max(1, hosts.length - 1)));
    for (const [i, host] of hosts.entries()) this.columns.set(host, LEFT + i * gap);
    this.right = Math.max(LEFT, ...this.columns.values()) + 3;
  }

  heads(): string {
    const line = new Line().write(TIME - textWidth(l10n.t('time')), l10n.t('time'));
    const last = [...this.columns.values()].at(-1);
    for (const [host, column] of this.columns) {
      const name = cut(printable(this.trace.placeName(host)), 24);
      // The first stands to the right of its lifeline, the last to the left.
      line.write(column === last && this.columns.size > 1 ? column - textWidth(name) + 1 : column, name);
    }
    return line.toString();
  }

  *row(row: DisplayRow, before: number | undefined): Generator<string> {
    switch (row.kind) {
      case 'segment':
        yield* this.segment(row, this.start(row.time, before));
        break;
      case 'note':
        yield this.note(row, this.start(row.time, before));
        break;
      case 'silence':
        yield this.between(this.lifelines(new Line()), silenceLabel(row));
        break;
      case 'fold':
        yield this.between(this.start(row.time, before), `⋮ ${foldLabel(this.trace, row)} ⋮`);
        break;
    }
  }

  private start(time: number, before: number | undefined): Line {
    const line = new Line();
    const text = time < DAY ? clock(time) : durationText(time);
    line.write(Math.max(0, TIME - textWidth(text)), text);
    if (before !== undefined && time > before) {
      const passed = time - before;
      const delta = `+${passed < DAY ? span(passed) : l10n.t('{0} d', (passed / DAY).toFixed(2))}`;
      line.write(Math.max(TIME + 1, TIME + DELTA - textWidth(delta)), delta);
    }
    return this.lifelines(line);
  }

  private lifelines(line: Line): Line {
    for (const column of this.columns.values()) line.write(column, '│');
    return line;
  }

  private *segment(row: SegmentRow, line: Line): Generator<string> {
    const from = this.columns.get(row.from) ?? LEFT;
    const to = this.columns.get(row.to) ?? LEFT;
    const [left, right] = from < to ? [from, to] : [to, from];
    const isLost = row.outcome.kind === 'dropped';
    const length = right - left - 1;
    const segment = this.trace.eventOf('segment.sent', row.segment);
    const title = this.title(row);
    const fits = from !== to && textWidth(title) + 8 <= length;
    if (from === to) line.write(to + 1, '◀─╯');
    else this.arrow(line, from, to, isLost);
    if (fits) line.write(left + 1 + Math.floor((length - textWidth(title) - 2) / 2), ` ${title} `);
    const numbers = numbersText(this.trace, segment);
    const room = this.width - this.right;
    const details = [fits ? '' : title, numbers].filter((part) => part !== '').join('  ');
    const more = [printable(statementOf(this.trace, row)), this.states(row.states)].filter((part) => part !== '');
    const together = [details, ...more].join('  ');
    if (textWidth(together) <= room) {
      yield line.write(this.right, together).toString();
      return;
    }
    yield line.write(this.right, cut(details, room)).toString();
    for (const text of more.flatMap((part) => [...wrap(part, room)])) {
      yield this.lifelines(new Line()).write(this.right, text).toString();
    }
  }

  /** From one lifeline to another; one that is lost ends before it is there. */
  private arrow(line: Line, from: number, to: number, isLost: boolean): void {
    const [left, right] = from < to ? [from, to] : [to, from];
    const length = right - left - 1;
    line.write(left + 1, '─'.repeat(Math.max(0, length)));
    if (!isLost) {
      line.write(from < to ? right - 1 : left + 1, from < to ? '▶' : '◀');
      return;
    }
    const gone = Math.max(2, Math.floor(length / 8));
    line.write(from < to ? right - gone : left + 1, ' '.repeat(gone));
    line.write(from < to ? right - gone - 1 : left + gone + 1, 'x');
  }

  /** `keepalive probe 9/9`, or its flags where they say all. */
  private title(row: SegmentRow): string {
    const segment = this.trace.eventOf('segment.sent', row.segment);
    const flags = flagNames(segment.flags);
    const isPlain = ['syn', 'syn-ack', 'data', 'ack', 'fin', 'rst'].includes(segment.purpose);
    const words = isPlain ? flags : segmentTitle(this.trace, segment);
    const extra = !isPlain && (segment.flags & RST) !== 0 ? ` (${flags})` : '';
    const what = rowTitle(row, words + extra);
    const { held } = row.outcome;
    if (held !== undefined) return `${what} · ${outcomeWord(row)}`;
    switch (row.outcome.kind) {
      case 'dropped':
        return l10n.t('{0}, {1}', what, lossWord(row));
      case 'ignored':
        return l10n.t('{0}, ignored', what);
      case 'delivered':
      case 'in-flight':
        return onTheWayWords(row).reduce((text, word) => l10n.t('{0}, {1}', text, word), what);
    }
  }

  private note(row: NoteRow, line: Line): string {
    const { trace } = this;
    const label = printable(noteLabel(trace, row));
    const sign = row.tone === 'fault' || row.tone === 'error' ? '✗ ' : row.tone === 'good' ? '✓ ' : '';
    const states = this.states(row.states);
    const text = `${sign}${label}${states === '' ? '' : `  ${states}`}`;
    const [host] = row.hosts;
    if (host === undefined) return this.between(line, text);
    const column = this.columns.get(host) ?? LEFT;
    line.write(column, '●');
    const last = [...this.columns.values()].at(-1);
    // To the right of its lifeline; the first host's text may run over the others.
    if (column === last && this.columns.size > 1) {
      const start = column - textWidth(text) - 2;
      if (textWidth(text) > this.width - this.right && start > LEFT + 1) return line.write(start, text).toString();
      return line.write(this.right, cut(text, this.width - this.right)).toString();
    }
    return line.write(column + 2, `${cut(text, this.width - column - 3)} `).toString();
  }

  /** In the middle between the outermost lifelines. */
  private between(line: Line, text: string): string {
    const last = [...this.columns.values()].at(-1) ?? LEFT;
    const shown = cut(printable(text), this.width - LEFT - 2);
    const start = Math.max(LEFT + 2, LEFT + Math.floor((last - LEFT - textWidth(shown)) / 2));
    return line.write(start, ` ${shown} `).toString();
  }

  /** `client ESTABLISHED`. */
  private states(notes: readonly StateNote[]): string {
    return notes
      .map(({ event, host }) => `${printable(this.trace.placeName(host))} ${this.trace.eventOf('tcp.state', event).to}`)
      .join(', ');
  }
}

/** What became of what the author expects: a line each, and one with the total. */
export function* expectationLines(trace: Trace, width: number): Generator<string> {
  const results = [...trace.eventsOf('expectation')];
  if (results.length === 0) return;
  yield '';
  for (const result of results) {
    const statement = trace.header.expectations[result.expectation];
    const text = printable(statement?.text ?? '');
    const line = l10n.t('line {0}', (statement?.range.start.line ?? 0) + 1);
    const outcome = result.met ? '' : ` — ${describeExpectation(trace, result)}`;
    const [first = '', ...rest] = wrap(`${text}${outcome}  (${line})`, width - 2);
    yield `${result.met ? '✓' : '✗'} ${first}`;
    for (const more of rest) yield `  ${more}`;
  }
}
