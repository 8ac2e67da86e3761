/** ms: a tick of the recorded hosts. */
const TICK = 4;
/** ms: statements begin so far in a tick, and what they bring about is not near the next one. */
const INTO_TICK = 1.2;
/** ms: the run ends so far in a tick: no timer is due then. */
const END_INTO_TICK = 2.8;

/**
 * The statements of a random scenario. No two of them come in the same tick unless they were put there together: which of two
 * programs is first is a matter of chance.
 */
export class Timetable {
  /** ms. */
  readonly end: number;
  private readonly rows: { readonly tick: number; readonly lines: readonly string[] }[] = [];
  private readonly taken = new Set<number>();

  constructor(end: number) {
    this.end = end;
  }

  /** Statements at about that time, in ms; none after the run. */
  put(time: number, ...lines: string[]): void {
    let tick = Math.max(9, Math.floor(time / TICK));
    while (this.taken.has(tick)) tick++;
    if ((tick + 2) * TICK >= this.end) return;
    this.taken.add(tick);
    this.rows.push({ tick, lines });
  }

  lines(): readonly string[] {
    const rows = this.rows.toSorted((a, b) => a.tick - b.tick);
    return [
      ...rows.flatMap(({ tick, lines }) => lines.map((line) => `at ${(tick * TICK + INTO_TICK).toFixed(1)}ms ${line}`)),
      `run until ${(Math.floor(this.end / TICK) * TICK + END_INTO_TICK).toFixed(1)}ms`,
    ];
  }
}
