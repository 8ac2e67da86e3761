import type { Break } from './break.ts';

/** The ways to close a connection. */
export const CLOSING: readonly Break[] = [
  {
    id: 'F1',
    what: 'the server closes before the delayed ACK is due',
    change: ['web closes 100ms after EOF', 'web closes 500us after EOF'],
    everywhere: [],
    also: {
      'the client first, the server after 100 ms': [
        'server sends ACK at 6ms after close',
        'conn on client becomes FIN_WAIT_2 at 11ms after close',
        'server sends FIN at 105ms after close',
        'conn on client becomes TIME_WAIT at 110ms after close',
        'client sends ACK at 110ms after close',
        'conn on server becomes CLOSED at 115ms after close',
        'conn on client becomes CLOSED at 60.11s after close',
        '4 segments after close',
      ],
    },
  },
  {
    id: 'F2',
    what: 'the server closes while it should answer',
    change: ['web ignores EOF', 'web closes 10s after EOF'],
    everywhere: [],
    also: {
      'shut down writing': [
        'conn on client is FIN_WAIT_2 between 1.1s and 3602.004999s',
        'conn on client reads 2000 B at 5ms after late',
        "web's send on conn succeeds at late",
        'server sends FIN at done',
        'conn on client becomes TIME_WAIT at 5ms after done',
        'conn on client reads EOF at 5ms after done',
        'conn on server becomes CLOSED at 10ms after done',
      ],
      close: ["web's send on conn fails with EPIPE at late"],
    },
  },
  {
    id: 'F4',
    what: 'no time to linger on the cut path',
    change: ['app sets SO_LINGER = 5s on conn\n  at 950ms', 'app sets SO_LINGER = 0s on conn\n  at 950ms'],
    everywhere: [],
    also: {
      '5 s, the path is cut': [
        "app's close on conn succeeds at 5s after close",
        'conn on client becomes FIN_WAIT_1 at close',
        'conn on client becomes CLOSED at 107.52s after close',
        'no RST',
      ],
    },
  },
  {
    id: 'F7',
    what: 'the client closes before it sends',
    change: ['app ignores EOF', 'app closes 500ms after EOF'],
    everywhere: [],
    also: {
      closed: [
        "app's poll on conn reports IN OUT ERR HUP RDHUP at 10ms after send",
        "app's send on conn succeeds at send",
        'server sends RST at 5ms after send',
        'conn on server becomes CLOSED at 5ms after send',
        'conn on client fails with EPIPE at 10ms after send',
        "app's send on conn fails with EPIPE at again",
        'conn on client becomes CLOSED at 10ms after send',
      ],
      'closed, and forgotten': [
        'conn on server becomes CLOSED at 60.011s after close',
        'server sends RST at 5ms after send',
        'conn on client fails with EPIPE at 10ms after send',
      ],
      'only shut down for writing': [
        "app's send on conn succeeds at send",
        'conn on server reads 200 B at 5ms after again',
        "app's send on conn succeeds at again",
      ],
    },
  },
  {
    id: 'F8',
    what: 'the client closes after all',
    change: ['app ignores EOF', 'app closes 10s after EOF'],
    everywhere: [],
    also: {
      'closed: no owner': [
        'conn on client is CLOSE_WAIT between 1.1s and 30d',
        '2 segments after close',
        'conn on server is FIN_WAIT_2 between 11ms after close and 60.010999s after close',
        'conn on server becomes CLOSED at 60.011s after close',
      ],
      'shut down: an owner': [
        'conn on client is CLOSE_WAIT between 1.1s and 30d',
        '2 segments after close',
        'conn on server is FIN_WAIT_2 between 11ms after close and 30d',
      ],
      'shut down, then killed': [
        'conn on client is CLOSE_WAIT between 1.1s and 30d',
        '2 segments after close',
        'conn on server is FIN_WAIT_2 between 11ms after close and 59.999999s after kill',
        'conn on server becomes CLOSED at 60s after kill',
      ],
      'tcp_fin_timeout 5 s': ['conn on client is CLOSE_WAIT between 1.1s and 30d', '2 segments after close'],
      'TCP_LINGER2 100 s': [
        'conn on client is CLOSE_WAIT between 1.1s and 30d',
        '2 segments after close',
        'conn on server is FIN_WAIT_2 between 11ms after close and 80.010999s after close',
        'conn on server becomes CLOSED at 80.011s after close',
      ],
      'the other side keeps asking': [
        '2 keepalive probes from client',
        'conn on server becomes CLOSED at 60.011s after close',
        'conn on client fails with EPIPE at 101.025s',
      ],
    },
  },
];
