import type { RouteMetricName, RouteMetrics, RoutePlan } from '../../scenario/route-metric.ts';
import { ROUTE_METRICS } from '../../scenario/route-metric.ts';
import type * as ast from '../generated/ast.ts';
import { nearest } from '../names/suggestion.ts';
import { rangeOfProperty } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import { linkBetween } from './connection-ends.ts';
import { knobValue } from './knob-value.ts';
import type { RunScope } from './run-scope.ts';

/** The metrics of a host's routes, later ones over earlier ones. What is said of all routes holds for those to one host too. */
export function compileRoutes(scope: RunScope, host: string, nodes: readonly ast.RouteMetric[]): readonly RoutePlan[] {
  const common: Partial<Record<RouteMetricName, number>> = {};
  const single = new Map<string, Partial<Record<RouteMetricName, number>>>();
  for (const node of nodes) {
    const metric = compileMetric(scope, host, node);
    if (metric === undefined) continue;
    if (node.host === undefined) Object.assign(common, metric);
    else single.set(node.host, { ...single.get(node.host), ...metric });
  }
  return [
    ...(Object.keys(common).length === 0 ? [] : [{ metrics: common }]),
    ...[...single].map(([to, metrics]) => ({ to, metrics: { ...common, ...metrics } })),
  ];
}

function compileMetric(scope: RunScope, host: string, node: ast.RouteMetric): RouteMetrics | undefined {
  if (node.host !== undefined) {
    if (scope.names.find('host', node.host, node, 'host') === undefined) return undefined;
    if (!linkBetween(scope, host, node.host))
      return void scope.problems.add(messages.noLinkBetween(host, node.host), rangeOfProperty(node, 'host'));
  }
  const { metric: name } = node;
  if (!Object.hasOwn(ROUTE_METRICS, name)) {
    const known = Object.keys(ROUTE_METRICS);
    const text = messages.unknownRouteMetric(name, known, nearest(name, known));
    return void scope.problems.add(text, rangeOfProperty(node, 'metric'));
  }
  const value = knobValue(scope, name, ROUTE_METRICS[name as RouteMetricName], node.value);
  return value === undefined ? undefined : { [name]: value };
}
