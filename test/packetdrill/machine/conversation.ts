/** The numbers of one connection: what the script counts, and what the host under test has on the wire. */
import type { Segment } from '../../../extension/engine/tcp/segment.ts';
import { has, SYN } from '../../../extension/engine/tcp/segment.ts';
import type { Seq } from '../../../extension/engine/tcp/seq.ts';
import { diff, seq } from '../../../extension/engine/tcp/seq.ts';
import type { EventId } from '../../../extension/trace/event.ts';
import { fail } from '../language/problem.ts';

/**
 * In SYNs the script writes what initial sequence numbers it likes; everywhere else it counts from them, on both sides. The peer's
 * initial number is on the wire what the script wrote, the host's is its own; its TSvals count from the first that the script expects.
 */
export class Conversation {
  readonly localPort: number;
  readonly peerPort: number;
  /** What the host sent last. */
  last: { readonly segment: Segment; readonly event: EventId } | undefined;
  /** Of the host's last SYN: its number on the wire, and in the script. */
  private iss: Seq | undefined;
  private scriptIss = 0;
  /** Of the peer's first SYN. */
  private irs: number | undefined;
  /** TSvals of the script, with what they were on the wire. */
  private readonly stamps = new Map<number, number>();
  private firstStamp: { readonly script: number; readonly live: number } | undefined;

  constructor(localPort: number, peerPort: number) {
    this.localPort = localPort;
    this.peerPort = peerPort;
  }

  owns(segment: Segment): boolean {
    return segment.fromPort === this.localPort && segment.toPort === this.peerPort;
  }

  /** The host has sent a segment. */
  sent(segment: Segment, event: EventId): void {
    if (has(segment, SYN)) this.iss = segment.seq;
    this.last = { segment, event };
  }

  /** The script calls the number of the host's SYN so. */
  callsIss(scriptSeq: number): void {
    this.scriptIss = scriptSeq;
  }

  /** A SYN of the script has this number; one within the connection changes nothing. */
  callsIrs(scriptSeq: number): void {
    this.irs ??= scriptSeq;
  }

  /** A number of the host, as the script writes it in a SYN or in another packet. */
  localToLive(script: number, inSyn: boolean): Seq {
    return seq((this.iss ?? 0) + script - (inSyn ? this.scriptIss : 0));
  }

  localToScript(live: Seq, inSyn: boolean): number {
    return (this.iss === undefined ? live : diff(live, this.iss)) + (inSyn ? this.scriptIss : 0);
  }

  /** The same of the peer. */
  peerToLive(script: number, inSyn: boolean): Seq {
    return seq(script + (inSyn ? 0 : (this.irs ?? 0)));
  }

  peerToScript(live: Seq, inSyn: boolean): number {
    return inSyn ? live : diff(live, seq(this.irs ?? 0));
  }

  /** The script expects a TSval where the host has sent another. */
  pairStamps(script: number, live: number): void {
    this.firstStamp ??= { script, live };
    this.stamps.set(script, live);
  }

  /** A TSval of the host as the script counts. */
  stampToScript(live: number): number {
    const { firstStamp: first } = this;
    return first === undefined ? live : seq(first.script + diff(seq(live), seq(first.live)));
  }

  /** Which of its TSvals the script means. @throws Problem when none was expected that could be meant */
  echo(tsEcr: number): number {
    const live = this.stamps.get(tsEcr) ?? (tsEcr === 0 ? 0 : undefined);
    return live ?? fail(`no packet with TS val ${tsEcr} was expected before this one that echoes it`);
  }
}
