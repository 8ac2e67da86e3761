import type { KnobUnit } from './sysctl.ts';

/** One metric of a route: how a scenario writes its value, and what it may be. */
export interface RouteMetricDefinition {
  readonly unit: KnobUnit;
  readonly min: number;
  readonly max: number;
}

/** Metrics of a route that TCP looks at (`RTAX_…`; `ip route … initcwnd 20`), by their names in ip-route(8). */
export const ROUTE_METRICS = {
  /** Wins over `tcp_rto_min_us`: `ip route` locks it. */
  rto_min: { unit: 'ms', min: 1, max: 120_000 },
  /** Every segment is acknowledged at once. */
  quickack: { unit: 'flag', min: 0, max: 1 },
  /** Segments of the congestion window to begin with, also after a pause. */
  initcwnd: { unit: 'count', min: 1, max: 65_535 },
  /** Segments of the window that is offered first, if that is less than the buffer allows. */
  initrwnd: { unit: 'count', min: 1, max: 65_535 },
} as const satisfies Record<string, RouteMetricDefinition>;

export type RouteMetricName = keyof typeof ROUTE_METRICS;

/** Only those that are set, in the unit of their definition. */
export type RouteMetrics = Readonly<Partial<Record<RouteMetricName, number>>>;

/** What a host's route to another host says; `to` absent: to all of which nothing else is said. */
export interface RoutePlan {
  readonly to?: string;
  readonly metrics: RouteMetrics;
}
