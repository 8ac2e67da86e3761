/** Runs whose statements namespaces can play, but not what they are about. */
interface Impossible {
  /** The scenario's id, and part of its variant's title. */
  readonly id: string;
  readonly variant: string;
  readonly reason: string;
}

const IMPOSSIBLE: readonly Impossible[] = [
  {
    id: 'A10',
    variant: 'what the server had sent',
    reason: "a frozen host whose kernel has a timer pending: it is the machine's kernel, and goes on",
  },
];

/** Why a run cannot be recorded; undefined when it can. */
export function impossibilityOf(id: string, variant: string): string | undefined {
  return IMPOSSIBLE.find((each) => each.id === id && variant.includes(each.variant))?.reason;
}
