/** A run in the format that was asked for. */
import { foldRows } from '../trace/diagram/fold.ts';
import { mermaidText } from '../trace/diagram/mermaid-text.ts';
import { buildRows } from '../trace/diagram/rows.ts';
import { traceToJsonLines } from '../trace/jsonl.ts';
import type { LadderOptions } from '../trace/text/index.ts';
import { hasWaits, ladderLines, localized, printable, waitsTable } from '../trace/text/index.ts';
import type { Trace } from '../trace/trace.ts';
import type { Format } from './arguments.ts';

/** From so many repetitions on, the table of waits is printed below the ladder. */
const WAITS_WORTH_A_TABLE = 3;

export interface PrintOptions {
  readonly format: Format;
  readonly unfold: boolean;
  readonly language: 'en' | 'zh-cn';
  readonly width: number;
}

/** The text of a run, piece by piece. */
export function* printRun(trace: Trace, { format, unfold, language, width }: PrintOptions): Generator<string> {
  switch (format) {
    case 'jsonl':
      yield* traceToJsonLines(trace);
      break;
    case 'mermaid': {
      const { all, stretches } = buildRows(trace);
      const rows = unfold ? all : foldRows(all, stretches, new Set());
      yield `%% ${commentText(runTitle(trace, language))}\n`;
      yield mermaidText(trace, rows, { times: true }).text;
      break;
    }
    case 'ladder': {
      const options: LadderOptions = { fold: !unfold, language, width };
      for (const line of ladderLines(trace, options)) yield `${line}\n`;
      if (hasWaits(trace, WAITS_WORTH_A_TABLE)) yield `\n${waitsTable(trace, WAITS_WORTH_A_TABLE)}`;
      break;
    }
  }
}

/** Mermaid obeys `%%{init: …}%%` wherever it stands, within a comment too. */
function commentText(text: string): string {
  return printable(text).replaceAll('%{', '% {');
}

/** `Nobody is sending — keepalive on`. */
export function runTitle(trace: Pick<Trace, 'header'>, language: 'en' | 'zh-cn'): string {
  const { scenario, variant } = trace.header;
  const title = localized(scenario, language);
  return variant === undefined ? title : `${title} — ${localized(variant, language)}`;
}
