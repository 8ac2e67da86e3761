/** A packetdrill script as data: what its lines say, with nothing looked up and nothing checked against the engine. */

/** When an event is due; times in µs. A relative one counts from the end of the event before it. */
export type When =
  | { readonly kind: 'at'; readonly relative: boolean; readonly from: number }
  | { readonly kind: 'between'; readonly relative: boolean; readonly from: number; readonly to: number }
  /** `*`: whenever it comes. */
  | { readonly kind: 'any' }
  /** No time is written: a command before the first event or after the last. */
  | { readonly kind: 'now' };

/** One TCP option as it is written: a name, and what follows it. */
export interface OptionText {
  readonly name: string;
  readonly values: readonly (number | string)[];
}

export interface PacketAction {
  readonly kind: 'packet';
  readonly direction: 'in' | 'out';
  /** Ports, where they are written. */
  readonly ports?: { readonly from: number; readonly to: number };
  /** Letters: S F R P, `.` for ACK; empty for none. */
  readonly flags: string;
  readonly seq: number;
  readonly length: number;
  readonly ack: number | undefined;
  /** The field on the wire. */
  readonly window: number | undefined;
  /** `any`: `<...>`, not looked at. */
  readonly options: readonly OptionText[] | 'any';
  /** What this packet has that no runner of TCP over IPv4 plays: an IP header's field, ICMP, UDP, urgent data. */
  readonly beyond: string | undefined;
}

/** An ICMP message about a packet of this connection. */
export interface IcmpAction {
  readonly kind: 'icmp';
  readonly direction: 'in' | 'out';
  /** Type, code, and what else is written: `unreachable`, `host_unreachable`. */
  readonly words: readonly string[];
  /** Sequence number of the packet that it is about. */
  readonly quoted: number | undefined;
}

/** An argument or a result of a system call. */
export type Expression =
  | { readonly kind: 'any' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'or'; readonly terms: readonly Expression[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'struct'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'field'; readonly name: string; readonly value: Expression };

export interface CallAction {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expression[];
  readonly result: Expression;
  readonly errno: string | undefined;
  /** The call sleeps and returns then, in µs counted as the event's own time; absent: it returns at once. */
  readonly returnsAt: number | undefined;
}

/** Shell commands between backquotes. */
export interface CommandAction {
  readonly kind: 'command';
  readonly text: string;
}

/** Python between `%{` and `}%`. */
export interface CodeAction {
  readonly kind: 'code';
  readonly text: string;
}

export interface ScriptEvent {
  readonly line: number;
  readonly when: When;
  readonly action: PacketAction | IcmpAction | CallAction | CommandAction | CodeAction;
}

export interface Script {
  /** `--name=value` lines before the first event. */
  readonly options: readonly { readonly line: number; readonly name: string; readonly value: string }[];
  readonly events: readonly ScriptEvent[];
}
