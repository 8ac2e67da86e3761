import type { Break } from './break.ts';

/** What a server does whose segments are too large, and which is not told so. */
const STUCK = [
  'server sends a fast retransmission at 0.02s after request',
  'server sends an RTO retransmission at 0.23s after request',
  'server sends an RTO retransmission at 0.65s after request',
  'server sends an RTO retransmission at 1.49s after request',
  'server sends an RTO retransmission at 3.17s after request',
];

/** Segments that a link loses. */
export const LOSS: readonly Break[] = [
  {
    id: 'G1',
    what: 'the receiver knows no SACK: where only one segment follows, only the timer is left',
    change: ['host server\n', 'host server { sysctl tcp_sack = 0 }\n'],
    everywhere: [],
    also: {
      'the last but one, one arrives after it': [
        'no RTO retransmission',
        'client sends a fast retransmission at 25ms after send',
        'conn on server reads 28960 B at 30ms after send',
      ],
    },
  },
  {
    id: 'G2',
    what: 'one segment more: what was lost is not the last any more',
    change: ['app sends 14480 B', 'app sends 15928 B'],
    everywhere: ['conn on server reads 14480 B after send'],
    also: {
      'the last': [
        '1 tail loss probe from client',
        'client sends a tail loss probe at 0.22s after send',
        'conn on server reads 14480 B at 0.225s after send',
      ],
      'the last two': [
        '1 tail loss probe from client',
        'client sends a tail loss probe at 32ms after send',
        'client sends a fast retransmission at 42ms after send',
        'conn on server reads 14480 B at 47ms after send',
      ],
      'the last two, without the probe': [
        'client sends an RTO retransmission at 0.22s after send',
        'client sends an RTO retransmission at 0.23s after send',
        'conn on server reads 14480 B at 0.235s after send',
      ],
    },
  },
  {
    id: 'G3',
    what: 'a longer path',
    change: ['let rtt = 10ms', 'let rtt = 12ms'],
    everywhere: ['client sends a tail loss probe at 22ms after send'],
    also: {
      'the probe too': [
        'client sends an RTO retransmission at timeout after send',
        '2 RTO retransmissions from client between timeout + rtt / 2 after send and timeout + 1.5 * rtt after send',
        '4 RTO retransmissions from client between timeout + 1.5 * rtt after send and timeout + 2.5 * rtt after send',
        'conn on server reads 14480 B at timeout + 3.5 * rtt after send',
      ],
      'the probe arrives': [
        'client sends a fast retransmission at back after send',
        'conn on server reads 14480 B at back + 3.5 * rtt after send',
      ],
    },
  },
  {
    id: 'G7',
    what: 'the segment is lost, not its ACK',
    change: [
      '  at 500ms wire drops the next ACK from server\n  at 1s    app sends 100 B',
      '  at 500ms wire drops the next data segment from client\n  at 1s    app sends 100 B',
    ],
    everywhere: [],
    also: { 'it is the last': ['conn on server reads 100 B at 5ms after send'] },
  },
  {
    id: 'G8',
    what: 'the router that said nothing says what fits',
    change: ['router vpn on wire { mtu 1400 B  reports nothing }', 'router vpn on wire { mtu 1400 B }'],
    everywhere: [],
    also: {
      'large ones, and nothing is said': [
        ...STUCK,
        '15 RTO retransmissions from server',
        'server sends an RTO retransmission at 814.85s after request',
        'conn on client reads 0 B',
        'conn on server fails with ETIMEDOUT at 934.85s after request',
        "web's recv on conn fails with ETIMEDOUT at 934.85s after request",
      ],
      'nothing is said, tcp_mtu_probing 1': [
        ...STUCK,
        'conn on client reads 0 B before 3.174999s after request',
        'conn on client reads 3000 B at 3.195s after request',
        'server sends an RTO retransmission at 3.17s after anew',
        'second on client reads 3000 B at 3.195s after anew',
      ],
    },
  },
];
