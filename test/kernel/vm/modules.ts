/** The modules that a kernel needs for the recorder, out of its package: found by name, with all that they depend on. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';

export interface Module {
  readonly name: string;
  /** An ELF file, unpacked. */
  readonly content: Buffer;
}

/** What the recorder's hosts, watches and states are made of, and the port by which the recording leaves the machine. */
const NEEDED = [
  'virtio_pci',
  'virtio_console',
  'tun',
  'tcp_diag',
  'crc32c_generic',
  'nf_tables',
  'nft_log',
  'nfnetlink_log',
];

/**
 * In the order in which they can be loaded. What a kernel has built in has no file, and is left out.
 * @param folder `lib/modules/RELEASE`
 */
export function modulesOf(folder: string): readonly Module[] {
  const files = new Map(
    readdirSync(join(folder, 'kernel'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.ko(?:\.(?:xz|zst))?$/.test(path))
      .map((path) => [nameOf(path), join(folder, 'kernel', path)]),
  );
  const modules = new Map<string, Module>();
  const add = (name: string): void => {
    const file = files.get(name);
    if (file === undefined || modules.has(name)) return;
    const content = unpacked(file);
    for (const needed of dependencies(content)) add(needed);
    modules.set(name, { name, content });
  };
  NEEDED.forEach(add);
  return [...modules.values()];
}

/** A module's name has underscores wherever its file has hyphens. */
function nameOf(path: string): string {
  return basename(path)
    .replace(/\.ko.*$/, '')
    .replaceAll('-', '_');
}

/** The `depends=` of a module's section .modinfo. */
function dependencies(content: Buffer): readonly string[] {
  const key = Buffer.from('\0depends=');
  const at = content.indexOf(key);
  if (at < 0) return [];
  const from = at + key.length;
  return content
    .toString('latin1', from, content.indexOf(0, from))
    .split(',')
    .filter(Boolean)
    .map((name) => name.replaceAll('-', '_'));
}

/** @throws Error where xz is missing */
function unpacked(file: string): Buffer {
  if (file.endsWith('.zst')) return zstdDecompressSync(readFileSync(file));
  if (!file.endsWith('.xz')) return readFileSync(file);
  const { status, stdout } = spawnSync('xz', ['-dc', file], { maxBuffer: 2 ** 28 });
  if (status !== 0)
    throw new Error('The modules of this kernel are packed: install xz (Debian: apt-get install -y xz-utils).');
  return stdout;
}
