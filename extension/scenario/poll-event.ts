/** What poll() reports of a socket, with the bits of Linux (`<poll.h>`, `tcp_poll`). In the order in which they are told. */
export const POLL_EVENTS = { IN: 0x1, OUT: 0x4, ERR: 0x8, HUP: 0x10, RDHUP: 0x2000 } as const;

export type PollEvent = keyof typeof POLL_EVENTS;
export const POLL_EVENT_NAMES = Object.keys(POLL_EVENTS) as readonly PollEvent[];

/** `IN OUT RDHUP`; empty when there is nothing to report. */
export function pollEventText(bits: number): string {
  return POLL_EVENT_NAMES.filter((name) => Math.floor(bits / POLL_EVENTS[name]) % 2 === 1).join(' ');
}

/** The bits of some events, each counted once. */
export function pollEventBits(events: readonly PollEvent[]): number {
  return [...new Set(events)].reduce((bits, name) => bits + POLL_EVENTS[name], 0);
}
