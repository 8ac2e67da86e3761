/** setsockopt(): what is refused, and what an option changes at once (`do_tcp_setsockopt`, `sk_setsockopt`). */
import type { Errno } from '../../scenario/errno.ts';
import { isAtLeast, parseVersion } from '../../scenario/kernel-version.ts';
import type { SocketOptionDefinition, SocketOptionName } from '../../scenario/socket-option.ts';
import { SOCKET_OPTIONS } from '../../scenario/socket-option.ts';
import type { SysctlValues } from '../../scenario/sysctl.ts';
import { TCP_TIMEOUT_MIN_JIFFIES } from '../tcp/constants.ts';
import { setQuickAck } from '../tcp/delayed-ack.ts';
import { ceilToJiffy, jiffies } from '../tcp/jiffies.ts';
import { onKeepIdleChanged, startKeepalive, stopKeepalive } from '../tcp/keepalive.ts';
import { cappedLowWater, isWorthReading, makeRoomForLowWater } from '../tcp/low-water.ts';
import { letGo } from '../tcp/nagle.ts';
import { sendQueued } from '../tcp/output.ts';
import { clampWindow } from '../tcp/receive-window.ts';
import { isWriteable } from '../tcp/send-buffer.ts';
import type { Tcb } from '../tcp/tcb.ts';
import type { TcpKernel } from '../tcp/tcp-kernel.ts';

/** What setsockopt() says of an option that a kernel does not have or does not take; undefined: it takes it. */
export function refusal(
  { version, hz }: Pick<TcpKernel, 'version' | 'hz'>,
  option: SocketOptionName,
  value: number,
): Errno | undefined {
  const { since }: SocketOptionDefinition = SOCKET_OPTIONS[option];
  const first = since === undefined ? undefined : parseVersion(since);
  if (first !== undefined && !isAtLeast(version, first)) return 'ENOPROTOOPT';
  const isTooShort = ceilToJiffy(value, hz) < jiffies(TCP_TIMEOUT_MIN_JIFFIES, hz);
  return (option === 'TCP_RTO_MIN_US' || option === 'TCP_DELACK_MAX_US') && isTooShort ? 'EINVAL' : undefined;
}

/** What counts of a value that is taken. @param options those that are set already */
export function inForce(
  option: SocketOptionName,
  value: number,
  options: ReadonlyMap<SocketOptionName, number>,
  sysctls: SysctlValues,
): number {
  return option === 'SO_RCVLOWAT' ? cappedLowWater(value, options, sysctls) : value;
}

/** setsockopt(). `value` in the unit of the option's definition. @returns why it is refused */
export function setOption(tcb: Tcb, option: SocketOptionName, value: number): Errno | undefined {
  const errno = refusal(tcb.kernel, option, value);
  if (errno !== undefined) return errno;
  tcb.enter(() => {
    const before = tcb.options.get(option);
    tcb.takeOption(option, inForce(option, value, tcb.options, tcb.kernel.sysctls));
    switch (option) {
      case 'SO_KEEPALIVE':
        if (value === 1 && before !== 1) startKeepalive(tcb);
        if (value === 0) stopKeepalive(tcb);
        break;
      case 'TCP_KEEPIDLE':
        onKeepIdleChanged(tcb);
        break;
      case 'TCP_QUICKACK':
        setQuickAck(tcb, value === 1);
        break;
      case 'TCP_CORK':
        if (value === 0) sendHeldBack(tcb);
        break;
      case 'TCP_NOTSENT_LOWAT':
        if (tcb.writerSleeps && isWriteable(tcb)) tcb.kernel.writable(tcb);
        break;
      case 'TCP_NODELAY':
        if (value === 1) sendHeldBack(tcb);
        break;
      case 'SO_RCVLOWAT':
        if (isWorthReading(tcb)) tcb.kernel.readable(tcb);
        makeRoomForLowWater(tcb);
        break;
      case 'TCP_WINDOW_CLAMP':
        clampWindow(tcb, value);
        break;
      default:
        break;
    }
  });
  return undefined;
}

/** What Nagle or TCP_CORK held back leaves at once (`tcp_push_pending_frames`). Of a connection that is over nothing is left to send. */
function sendHeldBack(tcb: Tcb): void {
  if (tcb.state === 'CLOSED') return;
  letGo(tcb);
  sendQueued(tcb, { purpose: 'data', reason: 'application-sent' });
}
