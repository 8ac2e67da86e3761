import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LINUX_6_18 } from './machine/world.ts';
import { playScript } from './play.ts';

const SCRIPTS = join(import.meta.dirname, 'scripts');

/** A server with a connection, MSS 1000, no other options; line 6 comes next. */
const ACCEPTED = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 20000 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.01 < . 1:1(0) ack 1 win 20000
+0 accept(3, ..., ...) = 4
`;

function play(...lines: readonly string[]): string {
  return verdictOf(ACCEPTED + lines.join('\n'), 7);
}

/** `failed 2: why`: the line counted after `before` others. */
function verdictOf(text: string, before = 0): string {
  const { outcome, line, message } = playScript(text, SCRIPTS, LINUX_6_18);
  return line === undefined ? outcome : `${outcome} ${line - before}: ${message}`;
}

describe('scripts', () => {
  for (const file of readdirSync(SCRIPTS)) {
    it(file, () => {
      expect(verdictOf(readFileSync(join(SCRIPTS, file), 'utf8'))).toBe('passed');
    });
  }
});

describe('a wrong expectation fails at its line', () => {
  it.each([
    [
      'flags',
      '+0 > . 1:101(100) ack 1',
      'sent was "P. 1:101(100) ack 1 win 64240", expected ". 1:101(100) ack 1": other flags',
    ],
    [
      'range',
      '+0 > P. 1:100(99) ack 1',
      'sent was "P. 1:101(100) ack 1 win 64240", expected "P. 1:100(99) ack 1": another range',
    ],
    ['acknowledgement', '+0 > P. 1:101(100) ack 2', 'another acknowledgement'],
    ['window', '+0 > P. 1:101(100) ack 1 win 64241', 'another window'],
    ['options', '+0 > P. 1:101(100) ack 1 <nop,nop,TS val 1 ecr 1>', 'other options'],
    ['time', '+.005 > P. 1:101(100) ack 1', 'it was sent at 0.010000 s, expected at 0.015000 s (tolerance 0.004000 s)'],
    ['a packet that is not sent', '+0 > F. 1:1(0) ack 1', 'other flags'],
  ])('%s', (_, line, message) => {
    const verdict = play('+0 write(4, ..., 100) = 100', line);
    expect(verdict).toMatch(/^failed 2: /);
    expect(verdict).toContain(message);
  });

  it('a packet that never comes', () => {
    expect(play('+0 > P. 1:2(1) ack 1')).toBe('failed 1: "P. 1:2(1) ack 1" was expected, and nothing was sent');
  });

  it('what was sent before the expected packet', () => {
    const verdict = play(
      '+0 write(4, ..., 100) = 100',
      '+.5 < . 1:1(0) ack 101 win 20000',
      '+0 write(4, ..., 5) = 5',
      '+0 > P. 101:106(5) ack 1',
    );
    expect(verdict).toContain('failed 4: sent was "P. 1:101(100) ack 1 win 64240"');
  });

  it('what a call returns', () => {
    expect(play('+0 write(4, ..., 100) = 99')).toBe('failed 1: write returned 100, expected 99');
    expect(play('+0 connect(4, ..., ...) = -1 EALREADY')).toBe(
      'failed 1: connect returned -1 EISCONN, expected -1 EALREADY',
    );
    expect(play('+0 getsockopt(4, SOL_TCP, TCP_NODELAY, [1], [4]) = 0')).toBe('failed 1: TCP_NODELAY is 0, expected 1');
    expect(play('+0 read(9, ..., 1) = 0')).toBe('failed 1: descriptor 9 is not open');
  });

  it('a call that sleeps, or does not, or too long', () => {
    expect(play('+0 read(4, ..., 1) = 1')).toMatch(/^failed 1: read would sleep/);
    const data = '+.1 < P. 1:2(1) ack 1 win 20000';
    expect(play('+0...0.1 read(4, ..., 1) = 1', data)).toBe('passed');
    expect(play('+0...0.2 read(4, ..., 1) = 1', data)).toBe(
      'failed 1: read returned at 0.110000 s, expected at 0.210000 s',
    );
    expect(play('+0...0.2 read(4, ..., 1) = 1')).toBe('failed 1: read still sleeps when the script ends');
  });

  it('an assertion, at its own line', () => {
    expect(play('+0 %{ assert tcpi_snd_cwnd == 10 }%')).toBe('passed');
    expect(play('+0 %{', 'assert tcpi_unacked == 0', 'assert tcpi_snd_cwnd == 11, tcpi_snd_cwnd', '}%')).toBe(
      'failed 3: tcpi_snd_cwnd == 11 does not hold: tcpi_snd_cwnd is 10',
    );
  });
});

describe('times', () => {
  it('an eighth of the wait may be missing, or what the script says', () => {
    const probe = (time: string): string =>
      play('+0 write(4, ..., 100) = 100', '+0 > P. 1:101(100) ack 1', `${time} > P. 1:101(100) ack 1`);
    expect(probe('+.21')).toBe('passed');
    // 12.5 % of 0.19 s is more than the 20 ms that are missing.
    expect(probe('+.19')).toBe('passed');
    expect(probe('+.18')).toMatch(/^failed 3: it was sent at 0.220000 s/);
    expect(probe('+.1~+.3')).toBe('passed');
    expect(probe('*')).toBe('passed');
  });

  it('--tolerance_usecs', () => {
    const late = ACCEPTED + '+0 write(4, ..., 1) = 1\n+.009 > P. 1:2(1) ack 1';
    expect(verdictOf(late)).toMatch(/^failed 9/);
    expect(verdictOf(`--tolerance_usecs=10000\n${late}`)).toBe('passed');
  });

  it('do not go backwards', () => {
    expect(play('+1 write(4, ..., 1) = 1', '0.5 write(4, ..., 1) = 1')).toBe('failed 2: it is 1.010000 s already');
  });
});

describe('what cannot be played is named', () => {
  it.each([
    ['+0 epoll_create(1) = 5', 'the system call epoll_create'],
    ['+0 setsockopt(4, SOL_TCP, TCP_FASTOPEN, [1], 4) = 0', 'the socket option TCP_FASTOPEN'],
    ['+0 send(4, ..., 1, MSG_OOB) = 1', 'the flag MSG_OOB'],
    ['+0 < [ce] . 1:1(0) ack 1 win 20000', 'the IP header\'s "ce"'],
    ['+0 < E. 1:1(0) ack 1 win 20000', 'the TCP flag "E"'],
    ['+0 < S 0:0(0) win 1 <FO abcd>', 'the TCP option "FO"'],
    ['+0 < icmp unreachable frag_needed mtu 1200 [1:1(0)]', 'ICMP "unreachable frag_needed mtu 1200"'],
    ['+0 `ip route add default dev tun0`', 'the command "ip route add default dev tun0"'],
    ['+0 `sysctl -q net.ipv4.tcp_ecn=1`', 'net.ipv4.tcp_ecn = 1'],
    ['+0 %{ assert tcpi_busy_time > 0 }%', 'tcpi_busy_time of tcp_info'],
    ['+0 %{ import os }%', 'Python "import os"'],
  ])('%s', (line, what) => {
    expect(play(line)).toBe(`unsupported 1: ${what}`);
  });

  it('an option of the whole script', () => {
    expect(verdictOf(`--ip_version=ipv6\n${ACCEPTED}`)).toBe('unsupported 1: --ip_version=ipv6');
  });
});

describe('a broken script says where', () => {
  it.each([
    ['+0 < . 1:11(9) ack 1 win 5', '1:11 has 10 bytes, not 9'],
    ['+0 < . 1:1(0) ack 1', 'a packet that arrives needs a window ("win NUMBER")'],
    [
      '+0 < . 1:1(0) ack 1 win 5 <...>',
      '<...> stands for what the host sends; a packet that arrives has options of its own',
    ],
    ['+0 < S 0:0(0) win 5 <mss 1000,sackOK>', 'the options need 2 more bytes (nop) to fill 32-bit words'],
    [
      '+0 < . 1:1(0) ack 1 win 5 <nop,nop,TS val 5 ecr 6>',
      'no packet with TS val 6 was expected before this one that echoes it',
    ],
    ['+0 write 4 = 100', '"4" stands where it cannot (call)'],
    ['+0 write(4, ..., 100)', 'the script ends where it cannot (call)'],
    ['+0 ; write(4, ..., 100) = 100', '";" means nothing here'],
    ['* write(4, ..., 100) = 100', 'only packets that the host sends may come at any time'],
    ['+0 `./none.sh`', 'the file "./none.sh" cannot be read'],
    ['+0 `sysctl -q net.ipv4.tcp_sack=yes`', 'tcp_sack takes a number, not "yes"'],
  ])('%s', (line, message) => {
    expect(play(line)).toBe(`failed 1: ${message}`);
  });
});

describe('commands', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'packetdrill-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('set sysctls: themselves, by shell files, by files of /proc', () => {
    writeFileSync(
      join(folder, 'setup.sh'),
      '# sizes\nsysctl -q net.ipv4.tcp_rmem="4096 $((64*1024)) $((16*1024*1024))"; echo 0 > /proc/sys/net/ipv4/tcp_sack\n',
    );
    const script = (command: string): string => `\`${command}\`
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS
+0 > S 0:0(0) win 32120 <mss 1460,nop,wscale 9>`;
    const timestamps = './set_sysctls.py /proc/sys/net/ipv4/tcp_timestamps=0';
    expect(playScript(script(`./setup.sh\n${timestamps}`), folder, LINUX_6_18)).toEqual({ outcome: 'passed' });
    expect(playScript(script('./setup.sh'), folder, LINUX_6_18).line).toBe(4);
  });

  it('the program: a line for each file, counts for each folder, and an exit code', async () => {
    writeFileSync(join(folder, 'good.pkt'), ACCEPTED);
    writeFileSync(join(folder, 'strange.pkt'), `${ACCEPTED}+0 splice(4, NULL, 5, NULL, 1, 0) = 1`);
    const good = await run(folder);
    expect(good.code).toBe(0);
    expect(good.out).toMatch(/^passed {6}\S*good\.pkt$/m);
    expect(good.out).toMatch(/^unsupported \S*strange\.pkt:8: the system call splice$/m);
    expect(good.out).toMatch(/^all +1 +0 +1$/m);
    writeFileSync(join(folder, 'wrong.pkt'), `${ACCEPTED}+0 close(4) = -1 EBADF`);
    const bad = await run(folder);
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(/^failed {6}\S*wrong\.pkt:8: close returned 0, expected -1 EBADF$/m);
    expect(bad.out).toMatch(/^all +1 +1 +1$/m);
  });
});

function run(folder: string): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, 'run.ts'), folder], (error, out) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out });
    });
  });
}
