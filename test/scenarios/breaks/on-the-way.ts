import type { Break } from './break.ts';

/** What stands between the hosts. */
export const ON_THE_WAY: readonly Break[] = [
  {
    id: 'D7',
    what: 'fewer retransmissions',
    change: ['host client\n', 'host client {\n  sysctl tcp_retries2 = 8\n}\n'],
    everywhere: [],
    also: {
      'beyond a switch': [
        'client sends an RTO retransmission at 107.52s after send',
        'client sends an RTO retransmission at 815.04s after send',
        '15 RTO retransmissions from client',
        'conn on client is ESTABLISHED between 20ms and 935.039999s after send',
        'conn on client fails with ETIMEDOUT at 935.04s after send',
        "app's recv on conn fails with ETIMEDOUT at 935.04s after send",
      ],
      'its own cable': [
        'client sends an RTO retransmission at 924s after send',
        '308 RTO retransmissions from client',
        'conn on client is ESTABLISHED between 20ms and 926.999999s after send',
        'conn on client fails with EHOSTUNREACH at 927s after send',
        "app's recv on conn fails with EHOSTUNREACH at 927s after send",
      ],
      'a router says host unreachable': [
        'client sends an RTO retransmission at 924s after send',
        '279 RTO retransmissions from client',
        'conn on client is ESTABLISHED between 20ms and 927.359999s after send',
        'conn on client fails with EHOSTUNREACH at 927.36s after send',
        "app's recv on conn fails with EHOSTUNREACH at 927.36s after send",
      ],
      'the neighbour on the same segment': [
        'client sends an RTO retransmission at 112.64s after send',
        'client sends an RTO retransmission at 168.96s after send',
        'client sends an RTO retransmission at 901.12s after send',
        '23 RTO retransmissions from client',
        'conn on client is ESTABLISHED between 40ms and 957.439999s after send',
        'conn on client fails with EHOSTUNREACH at 957.44s after send',
        "app's recv on conn fails with EHOSTUNREACH at 957.44s after send",
      ],
    },
  },
  {
    id: 'E3',
    what: 'the firewall stands next to the server',
    change: ['firewall wall on wire', 'firewall wall on wire { stands 1ms from server }'],
    everywhere: [],
    also: {
      'rejects with RST': ["app's connect on conn fails with ECONNREFUSED at 15ms"],
      'rejects with port unreachable': ["app's connect on conn fails with ECONNREFUSED at 15ms"],
      'rejects as prohibited': ["app's connect on conn fails with EHOSTUNREACH at 15ms"],
    },
  },
  {
    id: 'B10',
    what: 'keepalive is off',
    change: ['app sets SO_KEEPALIVE on conn', 'app sets TCP_NODELAY on conn'],
    everywhere: [],
    also: {
      '7200 s, the NAT swallows': [
        'client sends a keepalive probe at 7200.03s',
        '9 keepalive probes from client',
        'conn on client fails with ETIMEDOUT at 7875.03s',
        "app's recv on conn fails with ETIMEDOUT at 7875.03s",
        'client sends RST at 7875.03s',
      ],
      '7200 s, the NAT resets': [
        'client sends a keepalive probe at 7200.03s',
        '1 keepalive probe from client',
        '1 RST',
        'conn on client fails with ECONNRESET at 7200.035s',
        "app's recv on conn fails with ECONNRESET at 7200.035s",
      ],
      '7200 s, the peer resets': [
        'client sends a keepalive probe at 7200.03s',
        '1 keepalive probe from client',
        'server sends RST at 7200.035s',
        '1 RST',
        'conn on client fails with ECONNRESET at 7200.04s',
        "app's recv on conn fails with ECONNRESET at 7200.04s",
      ],
      '240 s': [
        'client sends a keepalive probe at 240.02s',
        'client sends a keepalive probe at 480.03s',
        'client sends a keepalive probe at 6960.3s',
        '29 keepalive probes from client',
        'server sends an ACK at 240.025s',
        '30 ACKs from server',
        'conn on server reads 100 B at 5ms after send',
      ],
    },
  },
];
