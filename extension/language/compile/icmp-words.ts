import { REPORTABLE_MESSAGES, type IcmpMessageName } from '../../scenario/icmp.ts';
import type { AstNode } from '../langium.ts';
import { nearest } from '../names/suggestion.ts';
import { rangeOfProperty } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import type { RunScope } from './run-scope.ts';

type Worded = AstNode & { readonly message: string[] };

/** The ICMP message that the words of a node name; undefined, and reported, when they name none. */
export function compileIcmpMessage(scope: RunScope, node: Worded): IcmpMessageName | undefined {
  const written = wordsOf(node);
  const found = REPORTABLE_MESSAGES.find((message) => message === written.replace(/^network\b/, 'net'));
  if (found !== undefined) return found;
  const { start } = rangeOfProperty(node, 'message', 0);
  const { end } = rangeOfProperty(node, 'message', node.message.length - 1);
  const suggestion = nearest(written, [...REPORTABLE_MESSAGES]);
  return void scope.problems.add(messages.unknownIcmpMessage(written, suggestion), { start, end });
}

export function wordsOf(node: Worded): string {
  return node.message.join(' ');
}
