import type { PlaceId } from '../../trace/event.ts';
import type { Tcb } from '../tcp/tcb.ts';
import type { Listener } from './listener.ts';

/** A socket that listens. */
export interface ListeningSocket {
  readonly kind: 'listening';
  readonly listener: Listener;
  /** Processes with a descriptor for it, in the order in which they got it. */
  readonly holders: PlaceId[];
  /** Those who sleep in accept(), the longest first: each connection wakes one of them (`prepare_to_wait_exclusive`). */
  readonly acceptors: Acceptor[];
}

/** Somebody who sleeps in accept(). */
export interface Acceptor {
  readonly process: PlaceId;
  wake(): void;
}

/** The socket of a connection. It lives while any process has a descriptor for it. */
export interface StreamSocket {
  readonly kind: 'stream';
  readonly tcb: Tcb;
  /** The scenario's name of the connection. */
  readonly name: string;
  readonly holders: PlaceId[];
}

export type Socket = ListeningSocket | StreamSocket;
