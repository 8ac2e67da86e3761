import type { Arguments } from '../machine/arguments.ts';
import type { Socket, Sockets } from '../machine/sockets.ts';
import type { World } from '../machine/world.ts';

/** What a call returns. */
export interface Outcome {
  readonly value: number;
  readonly errno?: string;
  /** The new descriptor's socket; its number is the script's. */
  readonly socket?: Socket;
}

/** Goes on with a call; undefined: it sleeps until something happens. */
export type Attempt = () => Outcome | undefined;

/** The process that makes the calls. */
export interface ScriptProcess {
  readonly world: World;
  readonly sockets: Sockets;
}

/** Enters a call: reads its arguments and says how it goes on. */
export type SystemCall = (args: Arguments, process: ScriptProcess) => Attempt;

export const DONE: Outcome = { value: 0 };

export function failure(errno: string): Outcome {
  return { value: -1, errno };
}

/** A call that never sleeps. */
export function atOnce(outcome: Outcome): Attempt {
  return () => outcome;
}
