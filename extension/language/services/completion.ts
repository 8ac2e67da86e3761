import type { SectionAnalysis } from '../compile/analysis.ts';
import { sectionAt } from '../compile/analysis.ts';
import { segmentClassWords, STATE_WORDS } from '../compile/words.ts';
import { AstUtils, GrammarAST, type LangiumDocument } from '../langium.ts';
import {
  type CompletionItem,
  CompletionItemKind,
  CompletionList,
  type CompletionParams,
  DefaultCompletionProvider,
  type NextFeature,
} from '../lsp.ts';
import { ACTION_SUBJECTS, CLAIM_SUBJECTS } from '../names/name-sites.ts';
import type { NameKind } from '../names/name-kind.ts';
import { CONGESTION_CONTROLS } from '../../scenario/congestion.ts';
import { ERRNOS } from '../../scenario/errno.ts';
import { CALLS } from '../../scenario/expectation.ts';
import { POLL_EVENT_NAMES } from '../../scenario/poll-event.ts';
import { REPORTABLE_MESSAGES } from '../../scenario/icmp.ts';
import { ROUTE_METRICS } from '../../scenario/route-metric.ts';
import { SOCKET_OPTIONS } from '../../scenario/socket-option.ts';
import { SYSCTLS } from '../../scenario/sysctl.ts';
import { analysisOf } from './document.ts';
import { optionSummary, routeMetricSummary, stateMeaning, sysctlSummary } from './knob-docs.ts';
import { lineContext, type LineContext } from './line-context.ts';

/**
 * Completion. A statement stands on one line, so the parser is asked about this line alone, inside a copy of its block's first
 * line: what is wrong elsewhere in the file does not matter, and its length neither.
 */
export class ScenarioCompletionProvider extends DefaultCompletionProvider {
  override readonly completionOptions = { triggerCharacters: [' ', '"'] };

  override getCompletion(document: LangiumDocument, params: CompletionParams): Promise<CompletionList | undefined> {
    const context = lineContext(document.textDocument, params.position);
    const scenario = sectionAt(analysisOf(document), params.position.line);
    const items =
      context.within === 'code'
        ? this.complete(context, scenario)
        : context.within === 'text'
          ? titles(context, scenario)
          : [];
    const range = { start: { ...params.position, character: context.wordStart }, end: params.position };
    const seen = new Set<string>();
    const unique = items.filter(({ label }) => !seen.has(label) && seen.add(label));
    const edited = unique.map((item) => ({ ...item, textEdit: { range, newText: item.insertText ?? item.label } }));
    return Promise.resolve(CompletionList.create(edited, false));
  }

  private complete(context: LineContext, scenario: SectionAnalysis | undefined): CompletionItem[] {
    const happening = begunHappening(context.before, scenario);
    if (happening !== undefined) {
      // What something comes before or after is written as if it were expected itself, but for a time of its own.
      const before = `expect ${happening}`;
      return this.complete({ ...context, before }, scenario).filter(({ label }) => !TIME_WORDS.has(label));
    }
    const text = context.blockHeading === undefined ? context.before : `${context.blockHeading}\n${context.before}`;
    const synthetic = { getText: () => text, positionAt: () => ({ line: 0, character: 0 }) };
    const features = this.findFeaturesAt(synthetic as never, text.length);
    const continues = context.before.slice(context.before.lastIndexOf('{') + 1).trim() !== '';
    const inDeclaration = /^(host|link|process|router|firewall|nat)\b/.test(context.blockHeading?.trim() ?? '');
    const takesSetting = /\shas\s+$/.test(context.before);
    return features.flatMap((feature) => {
      const begins = STATEMENT_TYPES.has(feature.type ?? '') || feature.property === 'process';
      if (continues && !inDeclaration && begins && !takesSetting) return [];
      return itemsFor(feature, context, scenario);
    });
  }
}

/** What has been written of a happening behind `before` or `after`: `server sends` of `expect client sends FIN before server sends`. */
function begunHappening(before: string, scenario: SectionAnalysis | undefined): string | undefined {
  const match = /^\s*expect\b.*\b(?:before|after)\s+((\w+)\b.*[\s'’])$/.exec(before);
  const [, written, subject] = match ?? [];
  if (written === undefined || subject === undefined || scenario === undefined) return undefined;
  const isSubject = SUBJECTS.some((kind) => scenario.names.declarations(kind, subject).length > 0);
  const isTime = TIME.some((kind) => scenario.names.declarations(kind, subject).length > 0);
  return isSubject && !isTime ? written : undefined;
}

function itemsFor(next: NextFeature, context: LineContext, scenario: SectionAnalysis | undefined): CompletionItem[] {
  const rule = AstUtils.getContainerOfType(next.feature, GrammarAST.isParserRule)?.name ?? '';
  if (GrammarAST.isKeyword(next.feature)) {
    const { value } = next.feature;
    if (WORD_RULES.has(rule) || !/^\w[\w-]*$/.test(value) || !fitsSubject(next.type, context, scenario)) return [];
    return [{ label: value, kind: CompletionItemKind.Keyword, sortText: `2${value}` }];
  }
  if (!WORD_RULES.has(rule) || next.property === undefined) return [];
  return namesFor(next.property, context, scenario);
}

/** A verb is offered where whoever stands before it can do that: a host loses power, a process is killed. */
function fitsSubject(type: string | undefined, context: LineContext, scenario: SectionAnalysis | undefined): boolean {
  const subjects: Readonly<Record<string, NameKind>> = { ...ACTION_SUBJECTS, ...CLAIM_SUBJECTS };
  const wanted = type === undefined ? undefined : subjects[type];
  const subject = /(\w+)\s*$/.exec(context.before)?.[1];
  if (wanted === undefined || subject === undefined || scenario === undefined) return true;
  const kinds = (['host', 'link', 'middlebox', 'process', 'connection'] as const).filter(
    (kind) => scenario.names.declarations(kind, subject).length > 0,
  );
  return kinds.length === 0 || kinds.some((kind) => kind === wanted);
}

function namesFor(property: string, context: LineContext, scenario: SectionAnalysis | undefined): CompletionItem[] {
  if (/\btcp_congestion_control\s*=\s*$/.test(context.before)) return wordItems(CONGESTION_CONTROLS);
  const words = WORDS[property];
  if (words !== undefined) return words(context.before);
  // Where an expression begins, Langium names its innermost property; the word before it says that a time belongs there.
  const isTime = property === 'factors' && /\b(at|after|before|of|between|and|from|until)\s*$/.test(context.before);
  const kinds = isTime ? TIME : (NAMES[property] ?? []);
  return kinds.flatMap((kind) =>
    (scenario?.names.namesOf(kind) ?? []).map((name) => ({
      label: name,
      kind: CompletionItemKind.Variable,
      detail: kind,
      sortText: `1${name}`,
    })),
  );
}

/** Titles of variants after `extends "`. */
function titles(context: LineContext, scenario: SectionAnalysis | undefined): CompletionItem[] {
  if (!/\bextends\s+"$/.test(context.before.slice(0, context.before.lastIndexOf('"') + 1))) return [];
  return (scenario?.section.variants ?? []).map(({ title }) => ({ label: title, kind: CompletionItemKind.Reference }));
}

function wordItems(words: Iterable<string>, documentation?: (word: string) => string | undefined): CompletionItem[] {
  return [...words].map((label) => {
    const text = documentation?.(label);
    const item: CompletionItem = { label, kind: CompletionItemKind.EnumMember, sortText: `1${label}` };
    return text === undefined ? item : { ...item, documentation: { kind: 'markdown', value: text } };
  });
}

/** What fits a property of the grammar that takes a word of a fixed list. */
const WORDS: Readonly<Record<string, (before: string) => CompletionItem[]>> = {
  state: () => wordItems(STATE_WORDS, stateMeaning),
  errno: () => wordItems(ERRNOS),
  call: () => wordItems(CALLS),
  events: () => wordItems(POLL_EVENT_NAMES),
  knob: () => wordItems(Object.keys(SYSCTLS), sysctlSummary),
  option: () => wordItems(Object.keys(SOCKET_OPTIONS), optionSummary),
  metric: () => wordItems(Object.keys(ROUTE_METRICS), routeMetricSummary),
  words: (before) => wordItems(remainingClassWords(before)),
  message: (before) => wordItems(remainingMessageWords(before)),
};

/** What can still follow of the kinds of segment: after `RTO`, `retransmission` and `retransmissions`. */
function remainingClassWords(before: string): string[] {
  const written =
    /(?:\bno|\bsends(?:\s+an?)?|\b(?:drops|duplicates|delays|rejects)(?:\s+(?:the\s+next|every))?|[\d)])\s+((?:[A-Za-z-]+\s+)*)$/.exec(
      before,
    )?.[1] ?? '';
  const start = written.replace(/\s+/g, ' ');
  return segmentClassWords()
    .filter((words) => words.startsWith(start) && words.length > start.length)
    .map((words) => words.slice(start.length));
}

/** What can still follow of the names of ICMP messages: after `host`, `unreachable` and more. */
function remainingMessageWords(before: string): string[] {
  const written = /\b(?:reports|with)\s+((?:[a-z]+\s+)*)$/.exec(before)?.[1] ?? '';
  const start = written.replace(/\s+/g, ' ');
  const known: readonly string[] = /\brejects\b/.test(before) ? ['RST', ...REPORTABLE_MESSAGES] : REPORTABLE_MESSAGES;
  return known
    .filter((words) => words.startsWith(start) && words.length > start.length)
    .map((words) => words.slice(start.length));
}

/** Of whom something can be expected. */
const SUBJECTS: readonly NameKind[] = ['host', 'process', 'connection'];
const TIME_WORDS: ReadonlySet<string> = new Set(['at', 'within', 'before', 'after', 'between']);

const VALUE: readonly NameKind[] = ['value'];
const TIME: readonly NameKind[] = ['moment', 'value'];

/** What fits a property of the grammar that takes a name. Those that declare one are absent: the author thinks of it. */
const NAMES: Readonly<Record<string, readonly NameKind[]>> = {
  subject: ['process', 'host', 'link', 'middlebox'],
  about: ['connection', 'host', 'process'],
  owner: ['host', 'link'],
  host: ['host'],
  link: ['link'],
  one: ['host', 'middlebox'],
  other: ['host', 'middlebox'],
  hostA: ['host'],
  hostB: ['host'],
  process: ['process'],
  child: ['process'],
  connection: ['connection'],
  parts: ['part'],
  base: ['moment'],
  time: TIME,
  from: TIME,
  to: TIME,
  until: TIME,
  offset: TIME,
  ...Object.fromEntries(
    [
      'value',
      'delay',
      'interval',
      'idle',
      'request',
      'response',
      'size',
      'port',
      'localPort',
      'backlog',
      'length',
      'misses',
      'back',
      'distance',
    ].map((property) => [property, VALUE] as const),
  ),
  terms: VALUE,
  factors: VALUE,
  duration: VALUE,
  tolerance: VALUE,
};

/** Rules of the grammar that take any name or word: their keywords are names then, and are not offered. */
const WORD_RULES = new Set(['Name', 'PlainName', 'Word', 'MessageWord', 'Wrong']);

/** What begins a statement, and is not offered in the middle of one. */
const STATEMENT_TYPES = new Set([
  ...[
    'ScenarioHeading',
    'Part',
    'Variant',
    'Text',
    'Let',
    'HostDecl',
    'LinkDecl',
    'MiddleboxDecl',
    'ProcessDecl',
    'SettingStatement',
    'Seed',
  ],
  ...[
    'RunUntil',
    'Timed',
    'Expect',
    'BehaviourStatement',
    'At',
    'After',
    'Every',
    'When',
    'Address',
    'Kernel',
    'Hz',
    'Timers',
    'PortRange',
    'Sysctl',
    'RouteMetric',
    'Delay',
    'Bandwidth',
    'QueueLimit',
    'Jitter',
    'LossChance',
    'DuplicationChance',
    'ReorderingChance',
    'Mtu',
    'SharedSegment',
    'Stands',
    'ForgetsAfter',
    'UnknownSegments',
    'ReportsLost',
  ],
]);
