/** Calls that set and ask: socket options, descriptor flags, queue lengths. */
import { SOCK_MIN_RCVBUF, SOCK_MIN_SNDBUF } from '../../../extension/engine/tcp/constants.ts';
import { setOption as apply } from '../../../extension/engine/host/set-option.ts';
import * as engine from '../../../extension/engine/host/syscalls.ts';
import { payloadPerSegment } from '../../../extension/engine/tcp/path-mtu.ts';
import { diff } from '../../../extension/engine/tcp/seq.ts';
import type { SocketOptionDefinition, SocketOptionName } from '../../../extension/scenario/socket-option.ts';
import { SOCKET_OPTIONS } from '../../../extension/scenario/socket-option.ts';
import type { ScalarSysctl, SysctlValues } from '../../../extension/scenario/sysctl.ts';
import { fail, unsupported } from '../language/problem.ts';
import type { Expression } from '../language/script.ts';
import type { Arguments } from '../machine/arguments.ts';
import { numberIn } from '../machine/arguments.ts';
import type { Socket } from '../machine/sockets.ts';
import type { Outcome, SystemCall } from './call.ts';
import { atOnce, DONE, failure } from './call.ts';

/** They change nothing that TCP does here. */
const WITHOUT_EFFECT = ['IP_TOS', 'IP_TTL', 'IP_MTU_DISCOVER', 'SO_PRIORITY', 'SO_MARK'];
const BUFFERS = ['SO_SNDBUF', 'SO_RCVBUF'];
const O_RDWR = 0x2;
const O_NONBLOCK = 0x800;

const setsockopt: SystemCall = (args, { sockets }) => {
  const own = sockets.get(args.number(0));
  const name = args.word(2);
  if (WITHOUT_EFFECT.includes(name)) return atOnce(DONE);
  if (name === 'SO_REUSEADDR') {
    own.reuseAddress = valueOf(args, name) !== 0;
    return atOnce(DONE);
  }
  const known = optionName(name);
  return atOnce(setOption(own, known, known === 'SO_LINGER' ? lingerOf(args) : valueOf(args, name)));
};

function setOption(own: Socket, name: SocketOptionName, value: number | undefined): Outcome {
  const { min, max, unit } = SOCKET_OPTIONS[name];
  if (value === undefined) {
    own.options.delete(name);
    own.tcb?.takeOption(name, undefined);
    return DONE;
  }
  // The kernel takes this one for a number without a sign.
  const isUnsigned = name === 'TCP_NOTSENT_LOWAT';
  if (!isUnsigned && (value < min || (value > max && unit !== 'flag'))) return failure('EINVAL');
  const inForce = unit === 'flag' ? Math.min(1, value) : isUnsigned ? value >>> 0 : value;
  if (own.tcb === undefined) own.options.set(name, inForce);
  else apply(own.tcb, name, inForce);
  return DONE;
}

/** Seconds of `{onoff=1, linger=5}`; undefined: off. */
function lingerOf(args: Arguments): number | undefined {
  const struct = args.at(3).kind === 'list' ? args.value(3) : args.at(3);
  const [on, time] = ['onoff', 'linger'].map((name) => numberIn(args.field(struct, name) ?? { kind: 'any' }));
  return on === 0 ? undefined : (time ?? fail('SO_LINGER takes {onoff=1, linger=SECONDS}'));
}

function valueOf(args: Arguments, name: string): number {
  const value = args.value(3);
  return numberIn(value) ?? unsupported(`${name} with "${wordOf(value)}"`);
}

function wordOf(expression: Expression): string {
  return expression.kind === 'word' ? expression.word : expression.kind;
}

function optionName(name: string): SocketOptionName {
  return name in SOCKET_OPTIONS ? (name as SocketOptionName) : unsupported(`the socket option ${name}`);
}

const getsockopt: SystemCall = (args, { sockets, world }) => {
  const own = sockets.get(args.number(0));
  const name = args.word(2);
  const wanted = args.value(3);
  if (name === 'SO_ERROR') {
    // The soft error is told too, and gone then (`sock_error`).
    const errno = own.tcb === undefined ? undefined : (engine.takeError(own.tcb) ?? own.tcb.softError);
    if (own.tcb !== undefined) own.tcb.softError = undefined;
    expect(name, wanted, errno ?? 0);
  } else {
    expect(name, wanted, optionValue(own, optionName(name), world.sysctls));
  }
  return atOnce(DONE);
};

function optionValue({ options, tcb }: Socket, name: SocketOptionName, sysctls: SysctlValues): number {
  const value = tcb === undefined ? options.get(name) : tcb.options.get(name);
  if (BUFFERS.includes(name)) {
    if (value === undefined) unsupported(`${name} before it was set`);
    return Math.max(2 * value, name === 'SO_SNDBUF' ? SOCK_MIN_SNDBUF : SOCK_MIN_RCVBUF);
  }
  // What segments hold, once there is a connection (`do_tcp_getsockopt`: mss_cache).
  if (name === 'TCP_MAXSEG' && tcb !== undefined) return payloadPerSegment(tcb);
  const { sysctl }: SocketOptionDefinition = SOCKET_OPTIONS[name];
  // This one does not tell what it inherits.
  const inherits = sysctl !== undefined && name !== 'TCP_NOTSENT_LOWAT';
  return value ?? (inherits ? sysctls[sysctl as ScalarSysctl] : 0);
}

function expect(name: string, wanted: Expression, actual: number | string): void {
  if (wanted.kind === 'any') return;
  const written = wanted.kind === 'word' ? wanted.word : numberIn(wanted);
  if (written !== actual) fail(`${name} is ${actual}, expected ${written}`);
}

const fcntl: SystemCall = (args, { sockets }) => {
  const own = sockets.get(args.number(0));
  switch (args.word(1)) {
    case 'F_SETFL':
      own.nonblocking = args.words(2).includes('O_NONBLOCK');
      return atOnce(DONE);
    case 'F_GETFL':
      return atOnce({ value: O_RDWR + (own.nonblocking ? O_NONBLOCK : 0) });
    default:
      return unsupported(`fcntl ${args.word(1)}`);
  }
};

const ioctl: SystemCall = (args, { sockets }) => {
  const { tcb } = sockets.get(args.number(0));
  const what = args.word(1);
  if (tcb === undefined) unsupported(`ioctl ${what} without a connection`);
  switch (what) {
    case 'SIOCINQ':
    case 'FIONREAD':
      expect(what, args.value(2), tcb.rcv.queue.bytes);
      return atOnce(DONE);
    case 'SIOCOUTQ':
    case 'TIOCOUTQ':
      expect(what, args.value(2), diff(tcb.queueEnd, tcb.snd.una));
      return atOnce(DONE);
    case 'SIOCOUTQNSD':
      expect(what, args.value(2), tcb.unsent);
      return atOnce(DONE);
    default:
      return unsupported(`ioctl ${what}`);
  }
};

export const settingCalls: Readonly<Record<string, SystemCall>> = { setsockopt, getsockopt, fcntl, ioctl };
