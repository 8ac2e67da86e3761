import type { EVENT_SCHEMA, EventKind, FieldType } from './schema.ts';

/** Index of an event in its trace. Events are in time order, causes before effects. */
export type EventId = number;

/** Cause of an event that only the scenario's start explains. */
export const NO_CAUSE: EventId = -1;

/** Index into a trace's `places`. */
export type PlaceId = number;

/** Where something happens. The scenario itself is place 0. */
export type Place =
  | { readonly kind: 'scenario' }
  | { readonly kind: 'host'; readonly name: string; readonly address: string }
  /** `forked`: it does not run from the beginning. */
  | { readonly kind: 'process'; readonly name: string; readonly host: PlaceId; readonly forked?: boolean }
  | { readonly kind: 'link'; readonly name: string; readonly hosts: readonly [PlaceId, PlaceId] }
  | {
      readonly kind: 'middlebox';
      readonly role: 'router' | 'firewall' | 'nat';
      readonly name: string;
      readonly link: PlaceId;
    }
  | EndPlace;

/** One end of a connection: a socket that is or was connected. */
export interface EndPlace {
  readonly kind: 'end';
  readonly host: PlaceId;
  /** The process that opened or accepted it; -1 until it is accepted. */
  process: PlaceId;
  readonly connection: number;
}

/** A pair of sockets, by its four-tuple and the client's initial sequence number. A reused port pair is a new connection. */
export interface Connection {
  /** The scenario's name for it. */
  readonly name: string;
  /** First the end that sent the SYN. */
  readonly sides: readonly [ConnectionSide, ConnectionSide];
}

export interface ConnectionSide {
  readonly host: PlaceId;
  readonly port: number;
  /** Initial sequence number; -1 until it has one. */
  iss: number;
  /** The end's place; -1 until it exists. */
  end: PlaceId;
}

type FieldValue<F extends FieldType> = F extends { readonly enum: readonly (infer T)[] }
  ? T
  : F extends 'bool'
    ? boolean
    : F extends 'string'
      ? string
      : F extends 'numbers' | 'changes'
        ? readonly number[]
        : number;

/** The fields of one kind of event. */
export type EventFields<K extends EventKind> = {
  readonly [F in keyof (typeof EVENT_SCHEMA)[K]]: (typeof EVENT_SCHEMA)[K][F] extends FieldType
    ? FieldValue<(typeof EVENT_SCHEMA)[K][F]>
    : never;
};

export type EventOf<K extends EventKind> = {
  readonly id: EventId;
  /** Virtual time in µs. */
  readonly time: number;
  readonly kind: K;
  readonly place: PlaceId;
  readonly cause: EventId;
} & EventFields<K>;

/** One event as an object: what a reader hands out. */
export type TraceEvent = { [K in EventKind]: EventOf<K> }[EventKind];
