/** Routers, firewalls and NATs on a link. */
import type { Micros } from '../base/time.ts';
import type { SegmentClass } from './expectation.ts';
import type { IcmpMessageName } from './icmp.ts';
import type { SourceRange } from './source.ts';

interface Standing {
  readonly name: string;
  readonly link: string;
  /** One-way time from the link's first host; absent: evenly between the others. */
  readonly distance?: Micros;
  readonly range: SourceRange;
}

export interface RouterPlan extends Standing {
  readonly kind: 'router';
  /** What it says of a segment that it cannot deliver, so much later; absent: nothing, the segment is lost. */
  readonly reports?: { readonly message: IcmpMessageName; readonly after: Micros };
  /** Bytes of the largest packet that it can pass on, either way; absent: of any. One that reports says so of what is larger. */
  readonly mtu?: number;
}

/** Segments that a firewall does not let through. */
export interface FilterPlan {
  readonly effect:
    | { readonly kind: 'drop' }
    /** A RST in the name of the host that was meant. */
    | { readonly kind: 'reset' }
    | { readonly kind: 'icmp'; readonly message: IcmpMessageName };
  readonly class: SegmentClass;
  /** Only what this host sends. */
  readonly from?: string;
  /** Only what goes to this port. */
  readonly port?: number;
  /** What comes at that time or later passes. */
  readonly until?: Micros;
}

export interface FirewallPlan extends Standing {
  readonly kind: 'firewall';
  /** In force from the beginning; earlier ones are asked first. */
  readonly rules: readonly FilterPlan[];
}

/** A NAT or a load balancer: it knows the flows that pass, and forgets those that are idle. The link's first host is inside. */
export interface NatPlan extends Standing {
  readonly kind: 'nat';
  /** A flow without a segment for so long is forgotten; absent: never. */
  readonly idle?: Micros;
  /** What becomes of a segment that belongs to no flow and begins none: from inside; what comes from outside is never passed on. */
  readonly unknown: 'drop' | 'reset' | 'remap';
}

export type MiddleboxPlan = RouterPlan | FirewallPlan | NatPlan;
