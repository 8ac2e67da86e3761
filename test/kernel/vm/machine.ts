/**
 * A virtual machine that records, on QEMU's own processor (TCG) and in virtual time: an instruction takes a nanosecond, and where
 * nothing runs the clock goes on to the next timer (`-icount`). So neither this machine's load nor its clock matters, an hour of
 * waiting takes a moment, and the same script gives the same recording.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileProgram, NATIVE } from '../lab.ts';
import { archive } from './archive.ts';
import type { Kernel } from './kernels.ts';
import { modulesOf } from './modules.ts';

const QEMU = 'qemu-system-x86_64';

/** What this machine lacks for virtual machines, in words; undefined when nothing. */
export function missingForMachines(): string | undefined {
  if (spawnSync(QEMU, ['--version']).status !== 0)
    return `A virtual machine needs ${QEMU} (Debian: apt-get install -y --no-install-recommends qemu-system-x86 seabios).`;
  if (spawnSync('cc', ['--version']).status !== 0)
    return 'Recording needs a C compiler: install gcc and libc6-dev (Debian: apt-get install -y gcc libc6-dev).';
  return undefined;
}

/** One virtual machine, which plays one script at a time. */
export class VirtualMachine {
  private readonly folder = mkdtempSync(join(tmpdir(), 'tcpscn-vm-'));
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly serial = join(this.folder, 'serial');
  private output = '';
  private complaints = '';
  private ended = false;
  private wake: () => void = () => undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(kernel: Kernel) {
    const ramDisk = join(this.folder, 'initrd');
    writeFileSync(ramDisk, ramDiskOf(kernel));
    this.child = spawn(QEMU, argumentsOf(kernel, ramDisk, this.serial));
    this.child.stdout.on('data', (piece: Buffer) => {
      this.output += piece.toString('latin1');
      this.wake();
    });
    this.child.stderr.on('data', (piece: Buffer) => (this.complaints += piece.toString()));
    this.child.on('error', () => undefined);
    this.child.on('close', () => {
      this.ended = true;
      this.wake();
    });
    this.child.stdin.on('error', () => undefined);
  }

  /** Plays a script after those before. @returns what the recorder printed. @throws Error with what went wrong */
  run(script: string): Promise<string> {
    const result = this.last.then(() => this.play(script));
    this.last = result.catch(() => undefined);
    return result;
  }

  private async play(script: string): Promise<string> {
    this.output = '';
    this.child.stdin.write(`${script}.\n`);
    for (;;) {
      const end = /^exit (\d+)\n/m.exec(this.output);
      if (end !== null) {
        const output = this.output.slice(0, end.index);
        if (end[1] !== '0')
          throw new Error(`The recorder ended with ${end[1]}: ${output.trimEnd().split('\n').at(-1)}`);
        return output;
      }
      if (this.ended) throw new Error(`The virtual machine ended: ${this.complaints}${lastLines(this.serial)}`);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  close(): void {
    this.child.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
  } catch {
    return '';
  }
}

function ramDiskOf({ modules: folder }: Kernel): Buffer {
  const modules = modulesOf(folder);
  const program = (sources: string): Buffer => readFileSync(compileProgram(sources, ['-static']));
  return archive([
    ...['dev', 'proc', 'sys', 'modules'].map((name) => ({ name })),
    ...modules.map(({ name, content }) => ({ name: `modules/${name}`, content })),
    { name: 'modules/order', content: Buffer.from(`${modules.map(({ name }) => name).join('\n')}\n`) },
    { name: 'init', content: program(import.meta.dirname) },
    { name: 'lab', content: program(NATIVE) },
  ]);
}

function argumentsOf({ image }: Kernel, ramDisk: string, serial: string): string[] {
  return [
    ...['-accel', 'tcg,thread=single', '-icount', 'shift=0,sleep=off', '-rtc', 'clock=vm'],
    ...['-machine', 'pc', '-cpu', 'qemu64', '-smp', '1', '-m', '512'],
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-serial', `file:${serial}`],
    ...['-kernel', image, '-initrd', ramDisk],
    ...['-append', 'console=ttyS0 quiet panic=-1 reboot=t mitigations=off tsc=reliable'],
    ...[
      '-device',
      'virtio-serial-pci',
      '-chardev',
      'stdio,id=port,signal=off',
      '-device',
      'virtserialport,chardev=port',
    ],
  ];
}
