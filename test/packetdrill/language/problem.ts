/** Ends the playing of a script at one of its lines. */
export class Problem extends Error {
  /** 'failed': the script, or the engine, is wrong. 'unsupported': this runner cannot play it. */
  readonly outcome: 'failed' | 'unsupported';
  /** Counted from 1; undefined while it is not known: whoever knows adds it. */
  readonly line: number | undefined;

  constructor(outcome: 'failed' | 'unsupported', message: string, line?: number) {
    super(message);
    this.outcome = outcome;
    this.line = line;
  }

  /** The same problem at a line, if it has none yet. */
  at(line: number): Problem {
    return this.line === undefined ? new Problem(this.outcome, this.message, line) : this;
  }
}

/** The script expects what is not so. */
export function fail(message: string, line?: number): never {
  throw new Problem('failed', message, line);
}

/** The script asks for what this runner does not play. */
export function unsupported(what: string, line?: number): never {
  throw new Problem('unsupported', what, line);
}
