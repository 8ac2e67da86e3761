/** Calls that make, take and end connections. */
import { setOption } from '../../../extension/engine/host/set-option.ts';
import * as engine from '../../../extension/engine/host/syscalls.ts';
import type { Tcb } from '../../../extension/engine/tcp/tcb.ts';
import { unsupported } from '../language/problem.ts';
import type { Expression } from '../language/script.ts';
import { numberIn } from '../machine/arguments.ts';
import { DEFAULT_PORT } from '../machine/packets.ts';
import type { Socket } from '../machine/sockets.ts';
import { newSocket } from '../machine/sockets.ts';
import { LOCAL } from '../../support/lone-kernel.ts';
import type { Outcome, ScriptProcess, SystemCall } from './call.ts';
import { atOnce, DONE, failure } from './call.ts';

const socket: SystemCall = (args) => {
  const type = args.words(1);
  if (!type.includes('SOCK_STREAM')) unsupported(`a socket of type ${type.join('|')}`);
  const made = newSocket();
  made.nonblocking = type.includes('SOCK_NONBLOCK');
  return atOnce({ value: 0, socket: made });
};

const bind: SystemCall = (args, { sockets, world }) => {
  const own = sockets.get(args.number(0));
  const port = portIn(args.at(1));
  if (world.lone.kernel.table.portConflicts(port, own.reuseAddress)) return atOnce(failure('EADDRINUSE'));
  own.boundPort = port;
  return atOnce(DONE);
};

const listen: SystemCall = (args, { sockets, world }) => {
  const own = sockets.get(args.number(0));
  const wanted = {
    port: own.boundPort ?? DEFAULT_PORT,
    reuseAddress: own.reuseAddress,
    process: LOCAL.place,
    backlog: args.number(1),
    options: own.options,
  };
  const result = engine.listen(world.lone.kernel, wanted, {
    onEstablished: () => {
      world.wake();
    },
    onQueueChanged: () => undefined,
  });
  if ('errno' in result) return atOnce(failure(result.errno));
  own.listener = result.listener;
  world.listens = true;
  return atOnce(DONE);
};

const accept: SystemCall = (args, { sockets }) => {
  const own = sockets.get(args.number(0));
  return () => {
    if (own.listener === undefined) return failure('EINVAL');
    const tcb = own.listener.accept();
    if (tcb === undefined) return own.nonblocking ? failure('EAGAIN') : undefined;
    const child = newSocket(tcb);
    child.nonblocking = args.call.name === 'accept4' && args.words(3).includes('SOCK_NONBLOCK');
    return { value: 0, socket: child };
  };
};

const connect: SystemCall = (args, process) => {
  const own = process.sockets.get(args.number(0));
  if (own.tcb !== undefined) return atOnce(again(own, own.tcb));
  const error = begin(own, portIn(args.at(1)), process);
  if (error !== undefined) return atOnce(failure(error));
  return () => {
    const { tcb } = own;
    if (tcb === undefined) return failure('ENOTCONN');
    if (isOpening(tcb)) return own.nonblocking ? failure('EINPROGRESS') : undefined;
    return again(own, tcb);
  };
};

/** The SYN leaves. Returns the errno where it cannot. */
function begin(own: Socket, port: number, { world, sockets }: ScriptProcess): string | undefined {
  const bound = own.boundPort === undefined ? {} : { localPort: own.boundPort, reuseAddress: own.reuseAddress };
  const result = engine.connect(world.lone.kernel, { ...world.peer, port }, 'conn', bound);
  if ('errno' in result) return result.errno;
  own.tcb = result.tcb;
  own.connecting = true;
  sockets.underTest = result.tcb;
  for (const [option, value] of own.options) setOption(result.tcb, option, value);
  engine.startConnect(result.tcb);
  return undefined;
}

/** What connect() reports of a connection that was begun (`__inet_stream_connect`). */
function again(own: Socket, tcb: Tcb): Outcome {
  if (isOpening(tcb)) return failure('EALREADY');
  const wasConnecting = own.connecting;
  own.connecting = false;
  if (tcb.state === 'CLOSED') return failure(engine.takeError(tcb) ?? 'ECONNABORTED');
  return wasConnecting ? DONE : failure('EISCONN');
}

function isOpening(tcb: Tcb): boolean {
  return tcb.state === 'SYN_SENT' || tcb.state === 'SYN_RECEIVED';
}

const close: SystemCall = (args, { sockets, world }) => {
  const fd = args.number(0);
  const { listener, tcb } = sockets.get(fd);
  sockets.remove(fd);
  if (listener !== undefined) world.lone.kernel.closeListener(listener);
  if (tcb === undefined) return atOnce(DONE);
  const linger = engine.lingerTime(tcb);
  if (linger === 0) {
    engine.close(tcb);
    return atOnce(DONE);
  }
  engine.startLingering(tcb);
  const until = world.now + linger;
  world.lone.scheduler.at(until, () => {
    world.wake();
  });
  return () => {
    if (engine.isClosing(tcb) && world.now < until) return undefined;
    engine.endLingering(tcb);
    return DONE;
  };
};

const shutdown: SystemCall = (args, { sockets }) => {
  const { tcb } = sockets.get(args.number(0));
  const how = args.number(1);
  if (tcb === undefined) return atOnce(failure('ENOTCONN'));
  // Both at once: reading ends first, then the FIN leaves (`inet_shutdown`).
  const steps =
    how === 0 ? (['SHUT_RD'] as const) : how === 1 ? (['SHUT_WR'] as const) : (['SHUT_RD', 'SHUT_WR'] as const);
  for (const step of steps) {
    const errno = engine.shutdown(tcb, step);
    if (errno !== undefined) return atOnce(failure(errno));
  }
  return atOnce(DONE);
};

/** The port of `{sa_family = AF_INET, sin_port = htons(8080), …}`; `...` is the default. */
function portIn(address: Expression): number {
  if (address.kind !== 'struct') return DEFAULT_PORT;
  const port = address.items.find((item) => item.kind === 'field' && item.name === 'sin_port');
  const value = port?.kind === 'field' && port.value.kind === 'call' ? port.value.args[0] : undefined;
  return (value === undefined ? undefined : numberIn(value)) ?? DEFAULT_PORT;
}

/** Arguments that say which socket it is about come first in all of them. */
export const connectionCalls: Readonly<Record<string, SystemCall>> = {
  socket,
  bind,
  listen,
  accept,
  accept4: accept,
  connect,
  close,
  shutdown,
};
