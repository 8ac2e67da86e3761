import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../workbench/shell.mjs';
import { InstalledWindow } from './window.ts';

let window: InstalledWindow;

describe('the package, installed, in a folder that is not trusted', () => {
  beforeAll(async () => {
    window = await InstalledWindow.open(join(root, 'tcp-scenarios.vsix'), {
      'workbench.colorTheme': 'Default High Contrast',
      'security.workspace.trust.enabled': true,
      'security.workspace.trust.startupPrompt': 'never',
    });
  });
  afterAll(() => window.close());
  afterEach(() => {
    expect(window.errors).toEqual([]);
  });

  it('the window is restricted', async () => {
    await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
  });

  it('a scenario of the catalogue is picked from the palette and played, in the colours of the editor', async () => {
    const { panel } = window;
    await window.command('TCP: Run Scenario…');
    await window.choose('B2', { among: 'Somebody dies' });
    await panel.locator('.canvas svg').waitFor();
    expect(await panel.locator('h1').innerText()).toBe('Keepalive on, and the server host loses power');
    expect(await panel.locator('.cards').innerText()).toMatch(
      /ETIMEDOUT, at 7875\.020 s; 7875 s after the last segment/,
    );
    expect(await panel.locator('body').getAttribute('data-vscode-theme-id')).toBe('Default High Contrast');
  });

  it('"Save a Copy to Edit" makes a file of it that can be changed and run again', async () => {
    const { page, panel } = window;
    await window.lens('Save a Copy to Edit').click();
    await page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).click();
    const copy = 'B2-keepalive-power-loss.tcpscn';
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: copy }).waitFor();
    await window.insertBelow('sets SO_KEEPALIVE on conn', 'at 10ms app sets TCP_KEEPIDLE = 10s on conn');
    await window.command('TCP: Run This File');
    await panel.locator('.cards', { hasText: 'ETIMEDOUT, at 685.020 s' }).waitFor();
    await page.locator('.squiggly-error').first().waitFor();
  });

  it('a name that is not known is underlined while one types', async () => {
    await window.command('View: Close All Editors');
    await window.openFile('one-failure.tcpscn');
    await window.insertBelow('web is killed', 'at 2s sever loses power');
    const underlined = window.page.locator('.squiggly-error').first();
    await underlined.waitFor();
    await window.page.keyboard.press('Control+Shift+K');
    await underlined.waitFor({ state: 'detached' });
  });

  it('after a reload of the window the panels are back, each with its file, its variant and the place that was left', async () => {
    const { page, panel } = window;
    await window.command('TCP: Run Scenario…');
    await window.choose('A1', { among: 'Somebody dies' });
    await panel.locator('h1', { hasText: 'process' }).waitFor();
    await window.openFile('variants.tcpscn');
    await window.lens('Run').nth(2).click();
    await panel.locator('[role=treeitem][aria-label*="client sends RST"]').click();
    const [variant, place] = ['.variant-list option:checked', '[role=treeitem][aria-selected=true]'];
    await panel.locator(`${place}[aria-label*="client sends RST"]`).waitFor();
    expect(await panel.locator(variant).textContent()).toMatch(/keepalive on$/);
    // With no scenario in an editor, the panel alone must wake the extension.
    await page.locator('.tab', { hasText: 'variants.tcpscn' }).first().click();
    await window.command('View: Close All Editors in Group');
    await page.locator('.view-lines').first().waitFor({ state: 'detached' });

    await window.reload();

    await panel.locator('.canvas svg').waitFor();
    expect(await panel.locator('h1').innerText()).toBe('The server loses power');
    expect(await panel.locator(variant).textContent()).toMatch(/keepalive on$/);
    expect(await panel.locator(place).getAttribute('aria-label')).toContain('client sends RST');
    await page.locator('.tab', { hasText: 'A1-' }).last().click();
    await panel.locator('h1', { hasText: 'process' }).waitFor();
  });
});
