import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../extension/base/time.ts';
import { MAX_EVENTS_SETTING, MAX_TIME_SETTING } from '../../extension/editor/setting-names.ts';
import { DEFAULT_LIMITS } from '../../extension/engine/simulation.ts';

const root = join(import.meta.dirname, '..', '..');

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly icon: string;
  readonly capabilities: unknown;
  readonly contributes: {
    readonly commands: readonly { command: string; category: string }[];
    readonly menus: Readonly<Record<string, readonly { command: string; when?: string; group?: string }[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, { default: unknown }>> };
    readonly languages: readonly { configuration: string; icon: { light: string; dark: string } }[];
    readonly grammars: readonly { path: string }[];
    readonly snippets: readonly { path: string }[];
  };
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const { contributes } = manifest;

describe('the manifest', () => {
  it('nothing is activated before it is used', () => {
    expect(manifest.activationEvents.filter((event) => event === '*' || event.startsWith('onStartup'))).toEqual([]);
  });

  it('untrusted and virtual workspaces are supported', () => {
    expect(manifest.capabilities).toEqual({ untrustedWorkspaces: { supported: true }, virtualWorkspaces: true });
  });

  it('the commands of the manifest are those that are registered', () => {
    const sources = ['commands', 'panel', 'editor'].flatMap((room) =>
      readdirSync(join(root, 'extension', room), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readFileSync(join(root, 'extension', room, file), 'utf8')),
    );
    const registered = sources.flatMap((text) =>
      [...text.matchAll(/\bregister(?:Command)?\(\s*'(tcpscn\.\w+)'/g)].map((match) => match[1]),
    );
    expect(contributes.commands.map(({ command }) => command).sort()).toEqual(registered.sort());
  });

  it('every command stands under TCP', () => {
    expect(contributes.commands.filter(({ category }) => category !== 'TCP')).toEqual([]);
  });

  it('menus show commands of ours, and only on files of ours', () => {
    const known = new Set(contributes.commands.map(({ command }) => command));
    for (const [menu, items] of Object.entries(contributes.menus)) {
      for (const { command, when } of items) {
        expect(known).toContain(command);
        if (menu !== 'file/newFile') expect(when, `${command} in ${menu}`).toMatch(/tcpscn/);
      }
    }
  });

  it('there is one icon in the editor title', () => {
    const inTitle = contributes.menus['editor/title'] ?? [];
    expect(inTitle.filter(({ group }) => group?.startsWith('navigation')).length).toBe(1);
  });

  it('the default limits are the engine’s', () => {
    const { properties } = contributes.configuration;
    expect(properties[MAX_EVENTS_SETTING]?.default).toBe(DEFAULT_LIMITS.maxEvents);
    expect(Number(properties[MAX_TIME_SETTING]?.default) * DAY).toBe(DEFAULT_LIMITS.maxTime);
  });

  it('the files that it names are there', () => {
    const files = [
      manifest.icon,
      ...contributes.languages.flatMap(({ configuration, icon }) => [configuration, icon.light, icon.dark]),
      ...contributes.grammars.map(({ path }) => path),
      ...contributes.snippets.map(({ path }) => path),
    ];
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});
