/** Runs whose statements namespaces can play, but not what they are about. */
interface Impossible {
  /** The scenario's id, and part of its variant's title. */
  readonly id: string;
  readonly variant: string;
  readonly reason: string;
}

const IMPOSSIBLE: readonly Impossible[] = [
  {
    id: 'E8',
    variant: 'rebooted',
    reason: "a reboot that forgets the secrets of numbers and timestamps, which are the machine's: here both go on",
  },
  {
    id: 'E8',
    variant: 'tcp_rfc1337',
    reason: "a reboot that forgets the secrets of numbers and timestamps, which are the machine's: here both go on",
  },
];

/** Why a run cannot be recorded; undefined when it can. */
export function impossibilityOf(id: string, variant: string): string | undefined {
  return IMPOSSIBLE.find((each) => each.id === id && variant.includes(each.variant))?.reason;
}
