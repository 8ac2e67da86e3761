/**
 * Messages are checked where they enter: a page that was restored from an older build, or a script that got into it, may
 * say anything. What does not fit is not a message.
 */
import type { HostToPanel, PanelToHost, SavedState } from './messages.ts';
import { REQUEST_KINDS } from './messages.ts';

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

/** The message when it is one that a page may send. */
export function asPanelToHost(value: unknown): PanelToHost | undefined {
  if (!object(value)) return undefined;
  const kind = value.kind;
  if (kind === 'request') {
    const request = value.request;
    if (!word(REQUEST_KINDS)(request) || !count(value.id)) return undefined;
    return REQUESTS[request as keyof typeof REQUESTS](value.params) ? (value as unknown as PanelToHost) : undefined;
  }
  return fits(NOTICES, kind, value) ? (value as unknown as PanelToHost) : undefined;
}

/** The message when it is one that a host sends. */
export function asHostToPanel(value: unknown): HostToPanel | undefined {
  return object(value) && fits(FROM_HOST, value.kind, value) ? (value as unknown as HostToPanel) : undefined;
}

function fits(
  shapes: Readonly<Record<string, Shape>>,
  kind: unknown,
  value: Readonly<Record<string, unknown>>,
): boolean {
  if (typeof kind !== 'string' || !Object.hasOwn(shapes, kind)) return false;
  return shape(shapes[kind] as Shape)(value);
}

const object = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const word =
  (words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value);
const shape =
  (fields: Shape): Check =>
  (value) =>
    object(value) && Object.entries(fields).every(([name, check]) => check(value[name]));

const position = shape({ line: count, character: count });
const range = shape({ start: position, end: position });
const localized = shape({ en: text, 'zh-cn': optional(text) });
const outcome = shape({ met: count, failed: count });
const run = shape({
  scenario: localized,
  variant: optional(localized),
  question: optional(localized),
  range,
  outcome: optional(outcome),
});
const file = shape({ revision: count, runs: list(run), problems: list(shape({ range, message: text })) });
const saved = shape({
  uri: text,
  scenario: optional(text),
  variant: optional(text),
  event: optional(count),
  until: optional(count),
  opened: optional(list(count)),
});

const REQUESTS = {
  ready: shape({ protocolVersion: number, saved: optional(saved) }),
  reload: shape({}),
  play: shape({ play: count, revision: count, run: count }),
};

const NOTICES: Readonly<Record<string, Shape>> = {
  cancel: { play: count },
  reveal: { revision: count, range },
  selection: { play: count, event: count, range: optional(range) },
  copy: { text },
};

const FROM_HOST: Readonly<Record<string, Shape>> = {
  reply: { id: count, result: object },
  error: { id: count, message: text },
  progress: { play: count, time: number, events: count },
  changed: { revision: count },
  show: { file, run: count },
  'run-again': {},
  outcomes: { revision: count, outcomes: list((value) => value === null || outcome(value)) },
  line: { revision: count, line: count },
};

/** What the page kept, when it still has the shape of today. */
export function asSavedState(value: unknown): SavedState | undefined {
  return saved(value) ? (value as SavedState) : undefined;
}

/** The answer to `ready`, checked as far as the page relies on it. */
export const isSnapshot = shape({
  protocolVersion: number,
  uri: text,
  fileName: text,
  locale: text,
  l10n: object,
  file,
  show: count,
  changed: flag,
});

export const isFileRuns = file;
