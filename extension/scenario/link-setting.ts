/** What can be said of a link, in its block, as a statement, and during the run. */
import type { Micros } from '../base/time.ts';

/** Parts per million, as chances are kept: 1 % is 10,000. */
export type Ppm = number;
export const PPM = 1_000_000;

export type LinkSetting =
  /** One way. */
  | { readonly kind: 'delay'; readonly delay: Micros }
  /** Bits per second, of IP packets. Without it a packet takes no time to send. */
  | { readonly kind: 'bandwidth'; readonly rate: number }
  /** How much may wait while the link is busy; what comes then is dropped (drop-tail). Only with a bandwidth. */
  | { readonly kind: 'queue'; readonly unit: 'packets' | 'bytes'; readonly limit: number }
  /** Every packet takes up to so much longer, evenly distributed; their order is kept. */
  | { readonly kind: 'jitter'; readonly jitter: Micros }
  | { readonly kind: 'loss'; readonly chance: Ppm }
  | { readonly kind: 'duplication'; readonly chance: Ppm }
  /** A packet is held up `by` so much, and those behind it overtake it. */
  | { readonly kind: 'reordering'; readonly chance: Ppm; readonly by: Micros }
  /** Bytes of an IP packet. From the beginning it is what the hosts' interfaces have, too; later only the path changes. */
  | { readonly kind: 'mtu'; readonly bytes: number };

export const LINK_SETTINGS = [
  'delay',
  'bandwidth',
  'queue',
  'jitter',
  'loss',
  'duplication',
  'reordering',
  'mtu',
] as const satisfies readonly LinkSetting['kind'][];

/** A setting of both directions, or of the one in which `from` sends. */
export type LinkSettingPlan = LinkSetting & { readonly from?: string };

/** Ethernet's. */
export const DEFAULT_MTU = 1500;
/** `txqueuelen` of an Ethernet interface, packets. */
export const DEFAULT_QUEUE = 1000;
