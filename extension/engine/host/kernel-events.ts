import type { TcpState } from '../../scenario/tcp-state.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import type { Seq } from '../tcp/seq.ts';
import type { Tcb } from '../tcp/tcb.ts';
import type { NetworkLayer } from './ip-output.ts';

/** What a kernel tells the world around it. */
export interface KernelEvents extends NetworkLayer {
  stateChanged(tcb: Tcb, from: TcpState, changed: EventId): void;
  readable(tcb: Tcb): void;
  writable(tcb: Tcb): void;
  /** Whether a segment of this connection end with this SEQ waits for the address of the next hop; absent: none ever does. */
  holdsBack?(tcb: Tcb, seq: Seq): boolean;
  /** A host on the way to which something was acknowledged; absent: nobody wants to know. */
  confirm?(host: PlaceId): void;
}
