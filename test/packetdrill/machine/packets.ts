/** Packets of a script: those that it sends, and those that it expects. */
import type { Micros } from '../../../extension/base/time.ts';
import type { Segment } from '../../../extension/engine/tcp/segment.ts';
import { ACK, FIN, has, PSH, RST, SYN } from '../../../extension/engine/tcp/segment.ts';
import { seq } from '../../../extension/engine/tcp/seq.ts';
import { fail, unsupported } from '../language/problem.ts';
import type { OptionText, PacketAction } from '../language/script.ts';
import type { Conversation } from './conversation.ts';
import { formatOptions, readOptions, stampsOf, writtenOptions } from './options.ts';
import type { Emission, World } from './world.ts';

/** Port of the host where the script writes none. */
export const DEFAULT_PORT = 8080;
const BITS: Readonly<Record<string, number>> = { F: FIN, S: SYN, R: RST, P: PSH, '.': ACK };

/** The script's packet arrives at the host. */
export function inject(world: World, packet: PacketAction): void {
  const conversation = inbound(world, packet);
  const { ack = 0, window } = packet;
  if (window === undefined) fail('a packet that arrives needs a window ("win NUMBER")');
  if (packet.options === 'any')
    fail('<...> stands for what the host sends; a packet that arrives has options of its own');
  const flags = flagBits(packet);
  const inSyn = (flags & SYN) !== 0;
  const acks = (flags & ACK) !== 0;
  if (inSyn) conversation.callsIrs(packet.seq);
  world.receive({
    fromPort: conversation.peerPort,
    toPort: conversation.localPort,
    seq: conversation.peerToLive(packet.seq, inSyn),
    ack: acks ? conversation.localToLive(ack, inSyn) : seq(0),
    flags,
    length: packet.length,
    window,
    options: readOptions(packet.options, {
      toLive: (edge) => conversation.localToLive(edge, inSyn),
      echo: (tsEcr) => (acks ? conversation.echo(tsEcr) : tsEcr),
    }),
  });
}

/** The connection that a packet of the script belongs to: where it writes no ports, the newest; a SYN for a new listener begins one. */
function inbound(world: World, { ports, flags, seq: number }: PacketAction): Conversation {
  const opens = flags.includes('S') && !flags.includes('.');
  const known = ports === undefined ? world.current : world.known(ports.to, ports.from);
  const isNew = known === undefined || (ports === undefined && opens && world.listens);
  if (opens) world.listens = false;
  const conversation = isNew ? world.open(ports?.to ?? DEFAULT_PORT, ports?.from) : known;
  if (opens || isNew) world.lone.announce(conversation.peerPort, conversation.localPort, number);
  return conversation;
}

/** Flags as bits. @throws Problem for those that no segment of the engine has */
function flagBits({ flags }: PacketAction): number {
  let bits = 0;
  for (const letter of flags) bits |= BITS[letter] ?? unsupported(`the TCP flag "${letter}"`);
  return bits;
}

/** How exact times must be. */
export interface Tolerance {
  readonly micros: Micros;
  /** Of TSvals, µs in a tick; 0 = they are not looked at. */
  readonly tickMicros: number;
}

/**
 * Takes from the wire what the script expects: one packet, or several in a row that a device would have got as one.
 * @param waitUntil how long to wait for it
 * @returns when the last of them was sent
 */
export function expectPacket(world: World, packet: PacketAction, waitUntil: Micros, tolerance: Tolerance): Micros {
  const wanted = formatPacket(packet);
  const { emission, conversation } = gather(world, packet, waitUntil, wanted);
  const { segment } = emission;
  if (has(segment, SYN)) conversation.callsIss(packet.seq);
  pairStamps(packet, segment, conversation);
  const actual = described(segment, conversation);
  const wrong = differences(packet, actual, tolerance);
  if (wrong.length > 0) fail(`sent was "${formatPacket(actual)}", expected "${wanted}": ${wrong.join(', ')}`);
  return emission.at;
}

/** The next packets on the wire, put together as long as the script's one. */
function gather(
  world: World,
  packet: PacketAction,
  waitUntil: Micros,
  wanted: string,
): { emission: Emission; conversation: Conversation } {
  const next = (): Emission => {
    if (!world.waitFor(() => world.wire.length > 0, waitUntil)) fail(`"${wanted}" was expected, and nothing was sent`);
    return world.wire.shift()!;
  };
  let emission = next();
  const conversation = expected(world, packet, emission.segment);
  const piece = emission.segment.length;
  while (emission.segment.length < packet.length && emission.segment.length > 0) {
    const following = next();
    const sum = joined(emission.segment, following.segment, piece, packet.length);
    if (sum === undefined) {
      const [one, other] = [emission.segment, following.segment].map((segment) =>
        formatPacket(described(segment, conversation)),
      );
      fail(`sent was "${one}", then "${other}", expected "${wanted}": they do not make one packet`);
    }
    emission = { at: following.at, segment: sum };
  }
  return { emission, conversation };
}

/** The conversation that the script's packet belongs to. @throws Problem when the one that was sent belongs to another */
function expected(world: World, { ports }: PacketAction, segment: Segment): Conversation {
  const own = ports === undefined ? world.current : world.known(ports.from, ports.to);
  if (own?.owns(segment) !== true)
    fail(`what was sent belongs to another connection (${segment.fromPort} > ${segment.toPort})`);
  return own;
}

/** Two segments in a row as one, or undefined where they do not belong together: all are as long as the first, the last may be shorter. */
function joined(one: Segment, other: Segment, piece: number, total: number): Segment | undefined {
  const fits =
    other.seq === seq(one.seq + one.length) &&
    other.ack === one.ack &&
    other.window === one.window &&
    (one.flags & (SYN | RST | ACK)) === (other.flags & (SYN | RST | ACK)) &&
    (other.length === piece || one.length + other.length >= total);
  return fits ? { ...other, seq: one.seq, length: one.length + other.length } : undefined;
}

function pairStamps(packet: PacketAction, { options }: Segment, conversation: Conversation): void {
  if (packet.options === 'any' || options.timestamps === undefined) return;
  const stamps = packet.options.find(({ name }) => name === 'TS');
  if (stamps !== undefined) conversation.pairStamps(stampsOf(stamps.values).val, options.timestamps.tsVal);
}

/** A segment of the host as the script would write it. */
function described(segment: Segment, conversation: Conversation): PacketAction {
  const inSyn = has(segment, SYN);
  const letters = Object.entries(BITS).flatMap(([letter, bit]) => (segment.flags & bit ? [letter] : []));
  return {
    kind: 'packet',
    direction: 'out',
    flags: letters.join(''),
    seq: conversation.localToScript(segment.seq, inSyn),
    length: segment.length,
    ack: segment.flags & ACK ? conversation.peerToScript(segment.ack, inSyn) : undefined,
    window: segment.window,
    options: writtenOptions(segment, {
      tsVal: (live) => conversation.stampToScript(live),
      seq: (live) => conversation.peerToScript(live, inSyn),
    }),
    beyond: undefined,
  };
}

/** In what way a packet is not what the script expects. */
function differences(wanted: PacketAction, actual: PacketAction, tolerance: Tolerance): string[] {
  const wrong: string[] = [];
  if (flagBits(wanted) !== flagBits(actual)) wrong.push('other flags');
  if (wanted.seq !== actual.seq || wanted.length !== actual.length) wrong.push('another range');
  if ((wanted.ack ?? 0) !== (actual.ack ?? 0)) wrong.push('another acknowledgement');
  if (wanted.window !== undefined && wanted.window !== actual.window) wrong.push('another window');
  if (wanted.options !== 'any' && !sameOptions(wanted.options, actual.options as OptionText[], tolerance))
    wrong.push('other options');
  return wrong;
}

/** Echoes are not compared, and TSvals only where the script gives them a tick: so does packetdrill. */
function sameOptions(
  wanted: readonly OptionText[],
  actual: readonly OptionText[],
  { micros, tickMicros }: Tolerance,
): boolean {
  if (wanted.length !== actual.length) return false;
  return wanted.every((option, i) => {
    const other = actual[i]!;
    if (option.name !== other.name) return false;
    if (option.name === 'TS')
      return Math.abs(stampsOf(option.values).val - stampsOf(other.values).val) * tickMicros <= micros;
    return formatOptions([option]) === formatOptions([other]);
  });
}

/** As a script writes it. */
export function formatPacket(packet: PacketAction): string {
  const { flags, seq: from, length, ack, window, options } = packet;
  return [
    flags === '' ? '-' : flags,
    `${from}:${from + length}(${length})`,
    ...(ack === undefined ? [] : [`ack ${ack}`]),
    ...(window === undefined ? [] : [`win ${window}`]),
    formatOptions(options),
  ]
    .join(' ')
    .trim();
}
