/** The words that are no keywords: states, errnos, calls and kinds of segment, from the tables of the Plan. */
import { ERRNOS, type Errno } from '../../scenario/errno.ts';
import { CALLS, type CallName, SEGMENT_CLASSES, type SegmentClass } from '../../scenario/expectation.ts';
import { TCP_STATES, type TcpState } from '../../scenario/tcp-state.ts';

/** States as a file writes them: those of RFC 9293, and `gone` for CLOSED. */
export const STATE_WORDS: readonly string[] = [...TCP_STATES, 'gone'];

export function parseState(word: string): TcpState | undefined {
  return word === 'gone' ? 'CLOSED' : TCP_STATES.find((state) => state === word);
}

export function parseErrno(word: string): Errno | undefined {
  return ERRNOS.find((errno) => errno === word);
}

export function parseCall(word: string): CallName | undefined {
  return CALLS.find((call) => call === word);
}

/** `a FIN`, `keepalive probes` → the class they name. */
export function parseSegmentClass(words: readonly string[]): SegmentClass | undefined {
  const [first, ...rest] = words;
  const named = (first === 'a' || first === 'an') && rest.length > 0 ? rest : words;
  return CLASS_BY_WORDS.get(named.join(' '));
}

/** Singular and plural of all classes, for completion and "did you mean". */
export function segmentClassWords(): string[] {
  return [...CLASS_BY_WORDS.keys()];
}

const CLASS_BY_WORDS: ReadonlyMap<string, SegmentClass> = new Map(
  SEGMENT_CLASSES.flatMap((name) => [[name, name] as const, [`${name}s`, name] as const]),
);
