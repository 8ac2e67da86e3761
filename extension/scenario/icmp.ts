/** ICMP messages about a TCP segment, and what Linux makes of them (`icmp_err_convert`, `tcp_v4_err`; RFC 1122 §4.2.3.9). */
import type { Errno } from './errno.ts';

/** Names as people say them; the comment is type and code (RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1). */
export const ICMP_ERRORS = {
  /** 3/0. */
  'net unreachable': 'ENETUNREACH',
  /** 3/1. */
  'host unreachable': 'EHOSTUNREACH',
  /** 3/2. */
  'protocol unreachable': 'ENOPROTOOPT',
  /** 3/3. */
  'port unreachable': 'ECONNREFUSED',
  /** 3/4 (RFC 1191): a packet that is too big for the next hop. It changes the path MTU and is no error. */
  'fragmentation needed': undefined,
  /** 3/5. */
  'source route failed': 'EOPNOTSUPP',
  /** 3/6. */
  'net unknown': 'ENETUNREACH',
  /** 3/7. */
  'host unknown': 'EHOSTDOWN',
  /** 3/8. */
  'host isolated': 'ENONET',
  /** 3/9. */
  'net prohibited': 'ENETUNREACH',
  /** 3/10. */
  'host prohibited': 'EHOSTUNREACH',
  /** 3/11. */
  'TOS net unreachable': 'ENETUNREACH',
  /** 3/12. */
  'TOS host unreachable': 'EHOSTUNREACH',
  /** 3/13: what firewalls send. */
  'communication prohibited': 'EHOSTUNREACH',
  /** 3/14. */
  'precedence violation': 'EHOSTUNREACH',
  /** 3/15. */
  'precedence cutoff': 'EHOSTUNREACH',
  /** 4: ignored since Linux 3.9 and deprecated by RFC 6633. */
  'source quench': undefined,
  /** 11/0. */
  'time exceeded': 'EHOSTUNREACH',
  /** 12. */
  'parameter problem': 'EPROTO',
} as const satisfies Readonly<Record<string, Errno | undefined>>;

export type IcmpMessageName = keyof typeof ICMP_ERRORS;
export const ICMP_MESSAGES = Object.keys(ICMP_ERRORS) as readonly IcmpMessageName[];

/** Those that a router or a firewall can be told to send. What a router says of packets that are too big follows from its MTU. */
export const REPORTABLE_MESSAGES = ICMP_MESSAGES.filter((message) => message !== 'fragmentation needed');

/** The error that a message stands for; undefined: the message changes nothing. */
export function errnoOf(message: IcmpMessageName): Errno | undefined {
  return ICMP_ERRORS[message];
}

/** Messages that undo a step of the retransmission timer's backoff (RFC 6069 §3). */
export function revertsBackoff(message: IcmpMessageName): boolean {
  return message === 'net unreachable' || message === 'host unreachable';
}

/** Messages for which a half-open request is dropped (`tcp_req_err`). */
export function dropsRequest(message: IcmpMessageName): boolean {
  return revertsBackoff(message) || message === 'time exceeded' || message === 'parameter problem';
}
