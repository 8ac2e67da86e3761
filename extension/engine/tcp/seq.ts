/**
 * Sequence numbers: arithmetic modulo 2^32 (RFC 9293 §3.4). The only place that knows about the wrap. They are held as signed 32 bits,
 * which a JavaScript engine keeps in a register or a field without an object around it; `unsigned` is what stands on the wire.
 */
export type Seq = number & { readonly __brand: 'Seq' };

export function seq(value: number): Seq {
  return (value | 0) as Seq;
}

/** The number as it is on the wire and in the trace, from 0 to 2^32 − 1. */
export function unsigned(value: Seq | number): number {
  return value >>> 0;
}

/** `a + n`, n may be negative. */
export function add(a: Seq, n: number): Seq {
  return ((a + n) | 0) as Seq;
}

/** The distance from `b` to `a`, between −2^31 and 2^31 − 1: positive when `a` comes after `b`. */
export function diff(a: Seq, b: Seq): number {
  return (a - b) | 0;
}

/** `a < b` as the kernel's `before()`. */
export function before(a: Seq, b: Seq): boolean {
  return diff(a, b) < 0;
}

/** `a > b` as the kernel's `after()`. */
export function after(a: Seq, b: Seq): boolean {
  return diff(a, b) > 0;
}

export function max(a: Seq, b: Seq): Seq {
  return before(a, b) ? b : a;
}

/** Whether a segment touches the window [left, right) (`tcp_in_window`): how ends without a socket look at it. */
export function isInWindow(start: Seq, end: Seq, left: Seq, right: Seq): boolean {
  return start === left || (after(end, left) && before(start, right)) || (start === right && start === end);
}
