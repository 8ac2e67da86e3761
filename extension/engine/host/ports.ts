/** Which local ports a socket may have (inet_connection_sock.c, inet_hashtables.c). */
import type { Listener } from './listener.ts';

/** How a socket came to its port. */
export interface Binding {
  /** By bind(), as listeners and what they open; otherwise connect() chose it. */
  readonly bound: boolean;
  readonly reuseAddress: boolean;
}

/** connect() without bind(). */
export const AUTOMATIC: Binding = { bound: false, reuseAddress: false };

/** What a listener opens shares its port. */
export function bindingOf({ reuseAddress }: Listener): Binding {
  return { bound: true, reuseAddress };
}

/** The defaults of `net.ipv4.ip_local_port_range`. */
export const LOCAL_PORT_RANGE: readonly [first: number, last: number] = [32_768, 60_999];

/**
 * The ports that connect() looks through without bind(), in its order (`__inet_hash_connect`): every second one from `offset` on,
 * those of the other parity last, for bind() prefers them.
 */
export function* ephemeralPorts([first, last]: readonly [number, number], offset: number): Generator<number> {
  const count = last - first + 1;
  const even = count > 1 ? count - (count % 2) : count;
  for (const parity of [0, 1]) {
    const start = (offset % count) - ((offset % count) % 2) + parity;
    for (let i = 0; i < even; i += 2) {
      const port = first + ((start + i) % even);
      if (port <= last) yield port;
    }
    if (count === 1) return;
  }
}
