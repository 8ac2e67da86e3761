import type { Break } from './break.ts';

/** The core question. */
export const CORE_QUESTION: readonly Break[] = [
  {
    id: 'core-question',
    what: 'the host is back after a minute',
    change: ['server loses power as fault', 'server loses power, back after 60s as fault'],
    everywhere: [],
    also: {
      'power loss, keepalive on': [
        'client sends a keepalive probe at 7275s after last segment received',
        'client sends a keepalive probe at 7350s after last segment received',
        'client sends a keepalive probe at 7425s after last segment received',
        'client sends a keepalive probe at 7500s after last segment received',
        'client sends a keepalive probe at 7575s after last segment received',
        'client sends a keepalive probe at 7650s after last segment received',
        'client sends a keepalive probe at 7725s after last segment received',
        'client sends a keepalive probe at 7800s after last segment received',
        '9 keepalive probes from client',
        'conn on client is ESTABLISHED between 20ms and 7875.019999s',
        'client sends RST at 7875s after last segment received',
        'conn on client fails with ETIMEDOUT at 7875s after last segment received',
        "app's recv on conn fails with ETIMEDOUT at 7875.02s",
        'conn on client becomes CLOSED at 7875s after last segment received',
        '10 segments after fault',
      ],
      'power loss, data to send': [
        'client sends an RTO retransmission at 215.04s after send',
        'client sends an RTO retransmission at 335.04s after send',
        'client sends an RTO retransmission at 455.04s after send',
        'client sends an RTO retransmission at 575.04s after send',
        'client sends an RTO retransmission at 695.04s after send',
        'client sends an RTO retransmission at 815.04s after send',
        '15 RTO retransmissions from client',
        'conn on client is ESTABLISHED between 20ms and 935.039999s after send',
        'conn on client fails with ETIMEDOUT at 935.04s after send',
        "app's recv on conn fails with ETIMEDOUT at 935.04s after send",
        'conn on client becomes CLOSED at 935.04s after send',
        'no RST',
        '17 segments after fault',
      ],
    },
  },
];
