import type { Micros } from '../../base/time.ts';
import type { Scheduled } from '../scheduler.ts';
import type { Tcb } from '../tcp/tcb.ts';
import type { Listener } from './kernel.ts';

/** A descriptor that listens. */
export interface ListeningSocket {
  readonly kind: 'listening';
  readonly fd: number;
  readonly listener: Listener;
}

/** A descriptor of a connection, with what its program remembers about it. */
export interface StreamSocket {
  readonly kind: 'stream';
  readonly fd: number;
  readonly tcb: Tcb;
  /** The scenario's name of the connection. */
  readonly name: string;
  /** connect() has not returned yet. */
  connecting: boolean;
  /** Bytes of send() calls that wait for the connection. */
  pendingSends: number[];
  reading: boolean;
  sawEof: boolean;
  /** A wake-up for reading is under way. */
  wakeScheduled: boolean;
  /** Bytes read that do not make a whole request yet. */
  partialRequest: number;
  heartbeat: Heartbeat | undefined;
  idleTimer: Scheduled | undefined;
}

export interface Heartbeat {
  readonly bytes: number;
  readonly interval: Micros;
  readonly limit: number;
  awaiting: boolean;
  misses: number;
}

export type Socket = ListeningSocket | StreamSocket;
