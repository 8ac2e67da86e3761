/** Kernels that a virtual machine can boot: installed ones, and packages that were unpacked and never installed. */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface Kernel {
  /** As `uname -r` says: `6.12.95+deb12-amd64`. */
  readonly release: string;
  readonly image: string;
  /** `…/lib/modules/RELEASE` */
  readonly modules: string;
}

/** Where packages are unpacked, each in a folder of its own. */
const DEFAULT_FOLDER = join(homedir(), '.cache', 'tcpscn', 'kernels');

/**
 * @param version `6.12`: of several, the latest
 * @throws Error with what to install
 */
export function kernelOf(version: string): Kernel {
  const kernels = roots()
    .flatMap(kernelsBelow)
    .filter(({ release }) => release.startsWith(`${version}.`))
    .sort((a, b) => a.release.localeCompare(b.release, 'en', { numeric: true }));
  const latest = kernels.at(-1);
  if (latest === undefined) throw new Error(howToGet(version));
  return latest;
}

function roots(): readonly string[] {
  const folders = process.env.TCPSCN_KERNELS?.split(delimiter).filter(Boolean) ?? [DEFAULT_FOLDER];
  const unpacked = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => [folder, ...readdirSync(folder).map((name) => join(folder, name))]);
  return [...unpacked, '/'];
}

function kernelsBelow(root: string): Kernel[] {
  const boot = join(root, 'boot');
  if (!existsSync(boot)) return [];
  return readdirSync(boot)
    .filter((name) => name.startsWith('vmlinuz-'))
    .flatMap((name) => {
      const release = name.slice('vmlinuz-'.length);
      return ['lib/modules', 'usr/lib/modules']
        .map((folder) => join(root, folder, release))
        .filter((modules) => existsSync(join(modules, 'kernel')))
        .slice(0, 1)
        .map((modules) => ({ release, image: join(boot, name), modules }));
    });
}

function howToGet(version: string): string {
  return [
    `There is no kernel ${version} here. Get the package of a distribution; it need not be installed. On Debian:`,
    `  apt-cache search '^linux-image-${version}.*-amd64$'     names it (6.1 is bookworm's, 6.12 in bookworm-backports and trixie)`,
    '  apt-get download NAME',
    `  dpkg-deb -x NAME_*.deb ${DEFAULT_FOLDER}/NAME`,
    'Another folder than that can be named in the environment variable TCPSCN_KERNELS.',
  ].join('\n');
}
