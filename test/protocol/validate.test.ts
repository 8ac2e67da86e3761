import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asHostToPanel, asPanelToHost, asSavedState, isSnapshot } from '../../extension/protocol/validate.ts';

const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 5 } };
const file = { revision: 1, runs: [{ scenario: { en: 'Title' }, range }], problems: [] };

describe('what a page may say', () => {
  test.each([
    { kind: 'request', request: 'ready', id: 1, params: { protocolVersion: 1 } },
    {
      kind: 'request',
      request: 'ready',
      id: 1,
      params: { protocolVersion: 1, saved: { uri: 'file:///a', opened: [3] } },
    },
    { kind: 'request', request: 'reload', id: 2, params: {} },
    { kind: 'request', request: 'play', id: 3, params: { play: 1, revision: 1, run: 0 } },
    { kind: 'cancel', play: 1 },
    { kind: 'reveal', revision: 1, range },
    { kind: 'selection', play: 1, event: 4 },
    { kind: 'selection', play: 1, event: 4, range },
    { kind: 'copy', text: 'sequenceDiagram' },
  ])('$kind $request', (message) => expect(asPanelToHost(message)).toBe(message));

  test.each([
    null,
    'ready',
    [],
    {},
    { kind: 'toString' },
    { kind: 'request', request: 'ready', id: 1 },
    { kind: 'request', request: 'delete', id: 1, params: {} },
    { kind: 'request', request: 'play', id: -1, params: { play: 1, revision: 1, run: 0 } },
    { kind: 'request', request: 'play', id: 1, params: { play: 1, revision: 1, run: 0.5 } },
    { kind: 'reveal', revision: 1, range: { start: { line: -1, character: 0 }, end: range.end } },
    { kind: 'reveal', revision: 1 },
    { kind: 'selection', play: 1, event: '4' },
    { kind: 'copy', text: 4 },
  ])('%j is no message', (message) => expect(asPanelToHost(message)).toBeUndefined());
});

describe('what a host says', () => {
  test.each([
    { kind: 'reply', id: 1, result: {} },
    { kind: 'error', id: 1, message: 'no' },
    { kind: 'progress', play: 1, time: 2.5, events: 3 },
    { kind: 'changed', revision: 1 },
    { kind: 'show', file, run: 0 },
    { kind: 'outcomes', revision: 1, outcomes: [null, { met: 1, failed: 0 }] },
    { kind: 'line', revision: 1, line: 4 },
  ])('$kind', (message) => expect(asHostToPanel(message)).toBe(message));

  test.each([
    undefined,
    { kind: 'reply', id: 1, result: 'x' },
    { kind: 'show', file: { ...file, runs: [{}] }, run: 0 },
    { kind: 'outcomes', revision: 1, outcomes: [{ met: 1 }] },
    { kind: 'progress', play: 1, time: NaN, events: 0 },
  ])('%j is no message', (message) => expect(asHostToPanel(message)).toBeUndefined());
});

test('a snapshot without its file, or a saved state of another shape, is refused', () => {
  const snapshot = {
    protocolVersion: 1,
    uri: 'file:///a',
    fileName: 'a',
    locale: 'en',
    l10n: {},
    file,
    show: 0,
    changed: false,
  };
  expect(isSnapshot(snapshot)).toBe(true);
  expect(isSnapshot({ ...snapshot, file: undefined })).toBe(false);
  expect(asSavedState({ uri: 'file:///a' })).toEqual({ uri: 'file:///a' });
  expect(asSavedState({ event: 3 })).toBeUndefined();
});

test('whatever comes, checking it never throws', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      asPanelToHost(value);
      asHostToPanel(value);
      asSavedState(value);
    }),
  );
});
