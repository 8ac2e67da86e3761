/** One thing wrong with a scenario, and every expectation that must notice. */
export interface Break {
  readonly id: string;
  readonly what: string;
  /** A piece of the file that stands there once, and what it is replaced by. */
  readonly change: readonly [from: string, to: string];
  /** Not met in any variant. */
  readonly everywhere: readonly string[];
  /** Not met in this variant besides. */
  readonly also?: Readonly<Record<string, readonly string[]>>;
}
