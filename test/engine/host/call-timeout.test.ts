/** Programs that protect themselves: SO_RCVTIMEO and SO_SNDTIMEO. */
import { describe, expect, it } from 'vitest';
import { play } from '../../../extension/engine/play.ts';
import { parseScenarios } from '../../../extension/language/parse.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import { withBase } from '../../language/support.ts';
import { calls, sent } from '../support/run.ts';

function run(lines: string): Trace {
  const { scenarios, problems } = parseScenarios(withBase(lines));
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return play(scenarios[0]!.runs[0]!);
}

/** Calls that gave up waiting: `7 recv EAGAIN after 5`. */
const gaveUp = (trace: Trace): string[] =>
  [...trace.eventsOf('call.returned')]
    .filter(({ errno, value }) => errno !== 'OK' && value > 0)
    .map(({ time, call, errno, value }) => `${time / 1e6} ${call} ${errno} after ${value / 1e6}`);

const TIMEOUT = 'app uses SO_RCVTIMEO = 5s';

describe('SO_RCVTIMEO', () => {
  it('counts from when connect() returned, and the program closes', () => {
    const trace = run(`${TIMEOUT}\nrun until 6s`);
    expect(gaveUp(trace)).toEqual(['5.02 recv EAGAIN after 5']);
    expect(sent(trace, 'client', 5)[0]).toMatch(/^5\.02 FA /);
  });

  it('counts from the last data: whoever is answered in time waits on', () => {
    const trace = run(`${TIMEOUT}\nat 4s web sends 10 B on conn\nat 8s web sends 10 B on conn\nrun until 20s`);
    expect(gaveUp(trace)).toEqual(['13.005 recv EAGAIN after 5']);
  });

  it('finds a dead host long before TCP would', () => {
    const trace = run(`${TIMEOUT}\nat 1s server loses power\nat 2s app sends 100 B on conn`);
    expect(gaveUp(trace)).toEqual(['5.02 recv EAGAIN after 5']);
  });

  it('is over for who does not read, and begins when he reads again', () => {
    const trace = run(`${TIMEOUT}\nat 1s app stops reading conn\nat 10s app resumes reading conn\nrun until 20s`);
    expect(gaveUp(trace)).toEqual(['15 recv EAGAIN after 5']);
  });

  it('set later it does not wake who sleeps already', () => {
    const trace = run('at 1s app sets SO_RCVTIMEO = 5s on conn\nat 10s web sends 10 B on conn\nrun until 20s');
    expect(gaveUp(trace)).toEqual(['15.005 recv EAGAIN after 5']);
  });

  it('is handed down by the listener', () => {
    expect(gaveUp(run('web uses SO_RCVTIMEO = 3s\nrun until 4s'))).toEqual([
      '3.025 recv EAGAIN after 3',
      '3.025 accept EAGAIN after 3',
    ]);
  });

  it('ends accept() too, which is called again; a connection that comes begins the wait anew', () => {
    const trace = run(`web uses SO_RCVTIMEO = 3s
web ignores EOF
at 5s app connects to server:80 as other
run until 9s`);
    expect(gaveUp(trace).filter((line) => line.includes('accept'))).toEqual([
      '3.025 accept EAGAIN after 3',
      '8.015 accept EAGAIN after 3',
    ]);
  });

  it('means nothing to who never blocks, nor does 0', () => {
    expect(gaveUp(run(`${TIMEOUT}\napp never blocks\nrun until 20s`))).toEqual([]);
    expect(gaveUp(run('app uses SO_RCVTIMEO = 0s\nrun until 20s'))).toEqual([]);
  });

  it('a connection that is closed before leaves nobody waiting', () => {
    const trace = run(`${TIMEOUT}\nat 1s app closes conn\nrun until 20s`);
    expect(gaveUp(trace)).toEqual([]);
  });

  it('fires as late as the timer wheel', () => {
    const trace = run(`host third { timers wheel  hz 250 }
link side between third and server
process late on third { uses SO_RCVTIMEO = 5s }
at 20ms late connects to server:80 as slow
run until 6s`);
    // 1250 ticks, in slots of 64.
    expect(gaveUp(trace)).toEqual(['5.12 recv EAGAIN after 5.09']);
  });
});

describe('SO_SNDTIMEO', () => {
  const STUCK = 'web never reads\nweb uses SO_RCVBUF = 4 KiB\napp uses SO_SNDBUF = 8 KiB\napp uses SO_SNDTIMEO = 3s';

  it('send() returns what was taken, and the next one EAGAIN', () => {
    const trace = run(`${STUCK}\nat 1s app sends 1 MB on conn\nat 2s app sends 10 KB on conn\nrun until 20s`);
    const returned = calls(trace, 'app', 1);
    expect(returned[0]).toMatch(/^4 send [1-9]\d*$/);
    expect(gaveUp(trace)).toEqual(['7 send EAGAIN after 3']);
  });

  it('one that gets room in time goes on', () => {
    const trace = run(`app uses SO_SNDTIMEO = 3s\nat 1s app sends 1 MB on conn\nrun until 20s`);
    expect([gaveUp(trace), calls(trace, 'app', 1)[0]]).toEqual([[], expect.stringMatching(/send 1000000$/)]);
  });

  it('connect() gives up, and the program with it', () => {
    const trace = run(`at 30ms server loses power
process other on client { uses SO_SNDTIMEO = 3s  reconnects after 1s }
at 1s other connects to server:80 as second
run until 8.5s`);
    expect(gaveUp(trace)).toEqual(['4 connect EINPROGRESS after 3', '8 connect EINPROGRESS after 3']);
    expect(sent(trace, 'client', 1).map((line) => line.split(' ')[0])).toEqual(['1', '2', '3', '5', '6', '7']);
  });
});
