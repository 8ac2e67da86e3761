import type { SegmentClass } from '../../scenario/expectation.ts';
import type { AstNode } from '../langium.ts';
import { nearest } from '../names/suggestion.ts';
import { rangeOfProperty } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import type { RunScope } from './run-scope.ts';
import { parseSegmentClass, segmentClassWords } from './words.ts';

/** The kind of segment that the words of a node name; undefined, and reported, when they name none. */
export function compileSegmentClass(
  scope: RunScope,
  node: AstNode & { readonly words: string[] },
): SegmentClass | undefined {
  const found = parseSegmentClass(node.words);
  if (found !== undefined) return found;
  const written = node.words.join(' ');
  const { start } = rangeOfProperty(node, 'words', 0);
  const { end } = rangeOfProperty(node, 'words', node.words.length - 1);
  return void scope.problems.add(messages.unknownSegmentClass(written, nearest(written, segmentClassWords())), {
    start,
    end,
  });
}
