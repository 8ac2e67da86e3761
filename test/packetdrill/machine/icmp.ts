/** ICMP messages of a script. */
import { sendIcmp } from '../../../extension/engine/network/icmp-message.ts';
import { has, SYN } from '../../../extension/engine/tcp/segment.ts';
import type { IcmpMessageName } from '../../../extension/scenario/icmp.ts';
import { LOCAL } from '../../support/lone-kernel.ts';
import { fail, unsupported } from '../language/problem.ts';
import type { IcmpAction } from '../language/script.ts';
import type { World } from './world.ts';

/** Type and code as a script writes them. */
const MESSAGES: Readonly<Record<string, IcmpMessageName>> = {
  'unreachable net_unreachable': 'net unreachable',
  'unreachable host_unreachable': 'host unreachable',
  'unreachable protocol_unreachable': 'protocol unreachable',
  'unreachable port_unreachable': 'port unreachable',
  'unreachable source_route_failed': 'source route failed',
  'unreachable net_unknown': 'net unknown',
  'unreachable host_unknown': 'host unknown',
  'unreachable source_host_isolated': 'host isolated',
  'unreachable net_prohibited': 'net prohibited',
  'unreachable host_prohibited': 'host prohibited',
  'unreachable packet_filtered': 'communication prohibited',
  source_quench: 'source quench',
  'time_exceeded ttl_exceeded': 'time exceeded',
  parameter_problem: 'parameter problem',
};

/** The network reports about a packet of the host: the one that the script names, or the last that was sent. */
export function injectIcmp(world: World, { direction, words, quoted }: IcmpAction): void {
  const text = words.join(' ');
  const message = MESSAGES[text];
  if (message === undefined || direction === 'out') unsupported(`ICMP "${text}"`);
  const last = world.current?.last;
  if (world.current === undefined || last === undefined) fail('no packet was sent that this could be about');
  const segment =
    quoted === undefined
      ? last.segment
      : { ...last.segment, seq: world.current.localToLive(quoted, has(last.segment, SYN)) };
  const { recorder, kernel } = world.lone;
  const about = { message, segment, segmentSent: last.event, to: LOCAL.place, blame: -1, cause: -1 };
  kernel.receiveIcmp(sendIcmp(recorder, world.peer.place, about), world.peer);
  world.settle();
}
