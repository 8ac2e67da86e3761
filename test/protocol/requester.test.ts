import { describe, expect, test } from 'vitest';
import type { PanelRequest } from '../../extension/protocol/messages.ts';
import { Requester } from '../../extension/protocol/requester.ts';

function requester(): { asked: PanelRequest[]; requester: Requester } {
  const asked: PanelRequest[] = [];
  return { asked, requester: new Requester((message) => asked.push(message)) };
}

const file = { revision: 2, runs: [], problems: [] };

describe('requests', () => {
  test('settle with their own answer, in whatever order the answers come', async () => {
    const { asked, requester: page } = requester();
    const first = page.request('reload', {});
    const second = page.request('reload', {});
    page.settle({ kind: 'reply', id: asked[1]!.id, result: file });
    page.settle({ kind: 'error', id: asked[0]!.id, message: 'the file is gone' });
    await expect(second).resolves.toBe(file);
    await expect(first).rejects.toThrow('the file is gone');
  });

  test('are refused when the line is closed', async () => {
    const { requester: page } = requester();
    const waiting = page.request('reload', {});
    page.close(new Error('closed'));
    await expect(waiting).rejects.toThrow('closed');
  });

  test('an answer that nobody waits for is dropped', () => {
    const { requester: page } = requester();
    expect(() => page.settle({ kind: 'reply', id: 9, result: file })).not.toThrow();
  });
});
