import { describe, expect, it } from 'vitest';
import { wrongImport } from '../eslint.rooms.mjs';

describe('the walls between rooms', () => {
  it.each([
    ['extension/engine/clock.ts', '../base/heap.ts', false],
    ['extension/engine/tcp/input.ts', '../clock.ts', false],
    ['extension/engine/clock.ts', '../trace/event.ts', true],
    ['extension/panel/panel.ts', 'vscode', false],
    ['extension/extension.ts', './panel/panel.ts', false],
    ['extension/language/server.node.ts', 'vscode-languageserver/node', false],
    ['extension/cli/main.ts', 'node:fs', false],
    ['extension/cli/main.ts', '../../package.json', false],
    ['webview/main.ts', '../extension/protocol/messages.ts', false],
    ['test/engine/clock.test.ts', '../../extension/engine/clock.ts', false],
  ])('%s may import %s', (file, specifier, typeOnly) => {
    expect(wrongImport(file, specifier, typeOnly)).toBeUndefined();
  });

  it.each([
    ['extension/base/heap.ts', '../trace/event.ts', true],
    ['extension/engine/clock.ts', '../protocol/messages.ts', true],
    ['extension/engine/clock.ts', 'vscode', false],
    ['extension/engine/clock.ts', 'node:timers', false],
    ['extension/language/validate.ts', 'node:fs', false],
    ['extension/cli/main.ts', '../panel/panel.ts', false],
    ['extension/cli/main.ts', 'vscode', true],
    ['webview/main.ts', '../extension/engine/clock.ts', true],
    ['extension/attic/old.ts', '../base/heap.ts', false],
  ])('%s may not import %s, and the message says what it may', (file, specifier, typeOnly) => {
    expect(wrongImport(file, specifier, typeOnly)).toMatch(/may import|table of rooms/);
  });
});
