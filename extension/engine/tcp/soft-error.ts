import type { Errno } from '../../scenario/errno.ts';
import type { Tcb } from './tcb.ts';

/** `sk_err_soft`: reported if the kernel gives up before anything was acknowledged. */
export function rememberSoftError(tcb: Tcb, errno: Errno): void {
  tcb.softError = errno;
  tcb.kernel.recorder.record('tcp.error', tcb.place, { errno, soft: true });
}
