/** Where scenarios are recorded: on this machine's kernel, or in a virtual machine on another release's. */
import type { Lab } from './lab.ts';
import { localLab, missing } from './lab.ts';
import { kernelOf } from './vm/kernels.ts';
import { missingForMachines, VirtualMachine } from './vm/machine.ts';

export interface Laboratory {
  readonly play: Lab;
  /** It plays one script at a time, and waiting costs nothing. */
  readonly isVirtual: boolean;
  close(): void;
}

/**
 * @param version of the kernel (`6.12`); undefined: this machine's
 * @throws Error with what is missing here, and how to get it
 */
export function laboratoryOf(version: string | undefined): Laboratory {
  const lacks = version === undefined ? missing() : missingForMachines();
  if (lacks !== undefined) throw new Error(lacks);
  if (version === undefined) return { play: localLab(), isVirtual: false, close: () => undefined };
  const machine = new VirtualMachine(kernelOf(version));
  return {
    play: (script) => machine.run(script),
    isVirtual: true,
    close: () => {
      machine.close();
    },
  };
}
