/** Calls that read and write. */
import * as engine from '../../../extension/engine/host/syscalls.ts';
import { isWriteable } from '../../../extension/engine/tcp/send-buffer.ts';
import type { Tcb } from '../../../extension/engine/tcp/tcb.ts';
import { fail, unsupported } from '../language/problem.ts';
import type { Expression } from '../language/script.ts';
import type { Arguments } from '../machine/arguments.ts';
import { wordsIn } from '../machine/arguments.ts';
import type { Socket } from '../machine/sockets.ts';
import type { Attempt, Outcome, SystemCall } from './call.ts';
import { failure } from './call.ts';

/** Flags that change nothing, or that are handled here. */
const WRITE_FLAGS = ['MSG_DONTWAIT', 'MSG_MORE', 'MSG_NOSIGNAL'];
const READ_FLAGS = ['MSG_DONTWAIT', 'MSG_NOSIGNAL'];

function writing(own: Socket, bytes: number, flags: readonly string[]): Attempt {
  refuseFlags(flags, WRITE_FLAGS);
  const nonblocking = own.nonblocking || flags.includes('MSG_DONTWAIT');
  let taken = 0;
  let slept = false;
  return () => {
    const { tcb } = own;
    if (tcb === undefined) return failure('EPIPE');
    if (tcb.state === 'SYN_SENT') return nonblocking ? failure('EAGAIN') : undefined;
    if (slept && !mayGoOn(tcb)) return undefined;
    const result = engine.send(tcb, bytes - taken, flags.includes('MSG_MORE'));
    if ('errno' in result) return taken > 0 ? { value: taken } : failure(result.errno);
    taken += result.bytes;
    if (taken < bytes && !nonblocking) {
      slept = true;
      return undefined;
    }
    return taken === 0 && bytes > 0 ? failure('EAGAIN') : { value: taken };
  };
}

/** Who sleeps for room in the send buffer is woken when there is enough of it, or when there is nothing to wait for. */
function mayGoOn(tcb: Tcb): boolean {
  return isWriteable(tcb) || tcb.error !== undefined || tcb.shutdownSend || tcb.state === 'CLOSED';
}

function reading(own: Socket, bytes: number, flags: readonly string[]): Attempt {
  refuseFlags(flags, READ_FLAGS);
  const nonblocking = own.nonblocking || flags.includes('MSG_DONTWAIT');
  return (): Outcome | undefined => {
    const { tcb } = own;
    if (tcb === undefined) return failure('ENOTCONN');
    const result = engine.receive(tcb, bytes);
    if (result === 'would-block') return nonblocking ? failure('EAGAIN') : undefined;
    if (typeof result === 'string') return failure(result);
    engine.afterReceive(tcb, result);
    return { value: result };
  };
}

function refuseFlags(flags: readonly string[], known: readonly string[]): void {
  const other = flags.find((flag) => !known.includes(flag));
  if (other !== undefined) unsupported(`the flag ${other}`);
}

/** Buffers and flags of `{msg_name(...)=..., msg_iov(1)=[{..., 40}], msg_flags=0}`. */
function message(args: Arguments, struct: Expression): number {
  const vector = args.field(struct, 'msg_iov') ?? fail(`${args.call.name} needs msg_iov`);
  if (args.field(struct, 'msg_control') !== undefined) unsupported(`${args.call.name} with control messages`);
  return args.vector(vector);
}

/** Flags that are the last argument but those of an address. */
function flagsAt(args: Arguments, index: number): readonly string[] {
  const expression = args.call.args[index];
  return expression === undefined
    ? []
    : (wordsIn(expression) ?? fail(`argument ${index + 1} of ${args.call.name} is no flag`));
}

/** Bytes of a buffer, the second argument, whose contents do not matter. */
function length(args: Arguments): number {
  const { kind } = args.at(1);
  if (kind !== 'any' && kind !== 'text') unsupported(`${args.call.name} with such a buffer`);
  return args.number(2);
}

export const dataCalls: Readonly<Record<string, SystemCall>> = {
  write: (args, { sockets }) => writing(sockets.get(args.number(0)), length(args), []),
  send: (args, { sockets }) => writing(sockets.get(args.number(0)), length(args), flagsAt(args, 3)),
  sendto: (args, { sockets }) => writing(sockets.get(args.number(0)), length(args), flagsAt(args, 3)),
  writev: (args, { sockets }) => writing(sockets.get(args.number(0)), args.vector(args.at(1)), []),
  sendmsg: (args, { sockets }) => writing(sockets.get(args.number(0)), message(args, args.at(1)), flagsAt(args, 2)),
  read: (args, { sockets }) => reading(sockets.get(args.number(0)), length(args), []),
  recv: (args, { sockets }) => reading(sockets.get(args.number(0)), length(args), flagsAt(args, 3)),
  recvfrom: (args, { sockets }) => reading(sockets.get(args.number(0)), length(args), flagsAt(args, 3)),
  readv: (args, { sockets }) => reading(sockets.get(args.number(0)), args.vector(args.at(1)), []),
  recvmsg: (args, { sockets }) => reading(sockets.get(args.number(0)), message(args, args.at(1)), flagsAt(args, 2)),
};
