import type * as ast from '../generated/ast.ts';
import type { Opening } from './run-names.ts';
import type { RunScope } from './run-scope.ts';

/** Who has an end of a connection: the processes that open it, and those that listen on its port. */
export interface ConnectionEnds {
  readonly hosts: readonly string[];
  readonly processes: readonly string[];
}

type Opened = Opening;

/** Found once for each connection of a run: every statement about it asks. */
export function connectionEnds(scope: RunScope, opened: Opened): ConnectionEnds {
  const known = knownEnds.get(scope) ?? new Map<Opened, ConnectionEnds>();
  knownEnds.set(scope, known);
  const ends = known.get(opened) ?? findEnds(scope, opened);
  known.set(opened, ends);
  return ends;
}

const knownEnds = new WeakMap<RunScope, Map<Opened, ConnectionEnds>>();

function findEnds(scope: RunScope, opened: Opened): ConnectionEnds {
  const { host, port } = opened.action;
  const client = scope.names.get('process', opened.subject)?.host ?? host;
  const servers = listenersOf(scope).get(`${host}:${scope.values.count(port) ?? ''}`) ?? [];
  const openers = scope.names.openingsOf(opened.action.opened).map(({ subject }) => subject);
  return { hosts: [...new Set([client, host])], processes: withChildren(scope, [...openers, ...servers]) };
}

/** Those processes and all that they fork, and so on: a child has its parent's descriptors. */
function withChildren(scope: RunScope, parents: readonly string[]): readonly string[] {
  const found = new Set(parents);
  // A set goes on over what is added while it is walked through.
  for (const parent of found) {
    for (const { subject, action } of forksOf(scope)) if (subject === parent) found.add(action.child);
  }
  return [...found];
}

type Fork = ast.Timed & { readonly action: ast.Forks };

/** The statements by which processes fork others. */
export function forksOf(scope: RunScope): readonly Fork[] {
  return scope.statements.filter(
    (statement): statement is Fork => statement.$type === 'Timed' && statement.action.$type === 'Forks',
  );
}

/** Whether two statements open one connection from both sides: each connects to the port that the other has bound. */
export function areTwoSides(scope: RunScope, a: Opening, b: Opening): boolean {
  const hostOf = ({ subject }: Opening): string | undefined => scope.names.get('process', subject)?.host;
  const leadsTo = (from: Opening, to: Opening): boolean =>
    from.action.host === hostOf(to) &&
    to.action.localPort !== undefined &&
    scope.values.count(from.action.port) === scope.values.count(to.action.localPort);
  return leadsTo(a, b) && leadsTo(b, a);
}

/** Which processes listen where, by `host:port`. */
function listenersOf(scope: RunScope): ReadonlyMap<string, readonly string[]> {
  const known = listeners.get(scope);
  if (known !== undefined) return known;
  const found = new Map<string, string[]>();
  for (const statement of scope.statements) {
    if (statement.$type !== 'Timed' || statement.action.$type !== 'Listens') continue;
    const host = scope.names.get('process', statement.subject)?.host;
    const port = scope.values.count(statement.action.port);
    if (host === undefined || port === undefined) continue;
    const key = `${host}:${port}`;
    const there = found.get(key);
    if (there === undefined) found.set(key, [statement.subject]);
    else there.push(statement.subject);
  }
  listeners.set(scope, found);
  return found;
}

const listeners = new WeakMap<RunScope, ReadonlyMap<string, readonly string[]>>();

/** Whether segments can go from one host to the other at all. */
export function linkBetween(scope: RunScope, a: string, b: string): boolean {
  let known = linked.get(scope);
  if (known === undefined) {
    known = new Set(
      scope.names.allOf('link').flatMap(({ hostA, hostB }) => [`${hostA} ${hostB}`, `${hostB} ${hostA}`]),
    );
    linked.set(scope, known);
  }
  return known.has(`${a} ${b}`);
}

const linked = new WeakMap<RunScope, ReadonlySet<string>>();
