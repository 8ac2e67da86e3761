import type { Micros } from '../../base/time.ts';
import { SECOND } from '../../base/time.ts';
import type { PlaceId } from '../../trace/event.ts';

/** Defaults of `icmp_ratelimit` (1 s) and `XRLIM_BURST_FACTOR`; of `error_cost` (1 s) and `error_burst` (5 s) of routes. */
const COST = SECOND;
const BURST = 6 * SECOND;
const ROUTE_ERROR_BURST = 5 * SECOND;

interface Bucket {
  tokens: Micros;
  lastAt: Micros;
}

/** How many ICMP errors a Linux host sends to one other: time earns tokens, and an error costs some (`inet_peer_xrlim_allow`). */
export class IcmpRateLimit {
  private readonly buckets = new Map<PlaceId, Bucket>();

  /** Whether an error may go to `host` now. */
  allows(host: PlaceId, now: Micros): boolean {
    return this.take(this.bucket(host), now, BURST);
  }

  /** The same for a packet without a route: before it is sent, `ip_error` takes its share of the same tokens. */
  allowsRouteError(host: PlaceId, now: Micros): boolean {
    const bucket = this.bucket(host);
    return this.take(bucket, now, ROUTE_ERROR_BURST) && this.take(bucket, now, BURST);
  }

  private bucket(host: PlaceId): Bucket {
    const known = this.buckets.get(host) ?? { tokens: BURST, lastAt: 0 };
    this.buckets.set(host, known);
    return known;
  }

  private take(bucket: Bucket, now: Micros, burst: Micros): boolean {
    bucket.tokens = Math.min(burst, bucket.tokens + now - bucket.lastAt);
    bucket.lastAt = now;
    if (bucket.tokens < COST) return false;
    bucket.tokens -= COST;
    return true;
  }
}
