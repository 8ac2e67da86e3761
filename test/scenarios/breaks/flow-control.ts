import type { Break } from './break.ts';

/** Flow control: windows, probes, Nagle. */
export const FLOW_CONTROL: readonly Break[] = [
  {
    id: 'G4',
    what: 'there is room for all of it',
    change: ['SO_RCVBUF = 16384 B ', 'SO_RCVBUF = 32768 B '],
    everywhere: [
      '14 data segments from client between send and 10ms after send',
      'client sends a tail loss probe at 32ms after send',
      'server sends a zero window at 37ms after send',
      'client sends a window probe at 256ms after send',
      'server sends a zero window at 261ms after send',
      'client sends a window probe at 694ms after send',
      'client sends a window probe at 1550ms after send',
      'client sends a window probe at 3272ms after send',
      'client sends a window probe at 6706ms after send',
      '5 zero windows from server before 10s',
      '5 window probes from client before 10s',
    ],
    also: {
      'and never again': [
        'client sends a window probe at 13564ms after send',
        'client sends a window probe at 27270ms after send',
        'client sends a window probe at 54672ms after send',
        'client sends a window probe at 109466ms after send',
        'client sends a window probe at 219044ms after send',
        'client sends a window probe at 339054ms after send',
        'client sends a window probe at 459064ms after send',
      ],
      'and reads again after 10 s': [
        '7 data segments from client at 5ms after again',
        '5 window probes from client',
        'conn on server reads 30000 B at 10ms after again',
      ],
      'and reads again, but the window update is lost': [
        'client sends a window probe at 14.564s',
        'server sends ACK at 14.569s',
        '7 data segments from client at 14.574s',
        '6 window probes from client',
        'conn on server reads 30000 B at 14.579s',
      ],
    },
  },
  {
    id: 'G5',
    what: 'one probe fewer',
    change: ['host client', 'host client {\n  sysctl tcp_retries2 = 14\n}'],
    everywhere: [],
    also: {
      'power loss at once': [
        '15 window probes from client',
        'client sends a window probe at 818.964s after send',
        'conn on client is ESTABLISHED between 20ms and just before 938.964s after send',
        'conn on client fails with ETIMEDOUT at 938.964s after send',
        'conn on client fails with ETIMEDOUT at 938.922s after last segment received',
        "app's recv on conn fails with ETIMEDOUT at 938.964s after send",
      ],
      'power loss after a minute': [
        '15 window probes from client after fault',
        'client sends a window probe at 1780.034s',
        'conn on client fails with ETIMEDOUT at 1900.034s',
        "app's recv on conn fails with ETIMEDOUT at 1840.034s after fault",
      ],
    },
  },
  {
    id: 'G6',
    what: 'the server needs only the first write',
    change: ['answers 200 B', 'answers 100 B'],
    everywhere: [],
    also: {
      'two small writes': [
        '1 data segment from client between request and just before 50ms after request',
        'server sends ACK at 45ms after request',
        'client sends a data segment at 50ms after request',
        'server sends a data segment at 55ms after request',
        'conn on client reads 200 B at 60ms after request',
      ],
      TCP_NODELAY: ['conn on client reads 200 B at 10ms after request'],
      'one write': ['conn on client reads 200 B at 10ms after request'],
      'six small writes': [
        '1 data segment from client between request and just before 50ms after request',
        'server sends ACK at 45ms after request',
        '1 data segment from client between 50ms after request and 59ms after request',
        'conn on server reads 800 B at 55ms after request',
      ],
    },
  },
];
