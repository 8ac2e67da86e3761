// Runs a bundle of tests inside an extension host, with Node or without: mocha's browser build serves both.
import 'mocha/mocha.js';
import type { Report } from './page-request.ts';
import { report } from './page.ts';
import { writeSamples } from './samples.ts';

interface Registration {
  /** What failures are reported under. */
  readonly name: string;
  /** Loads the modules that call `describe` and `it`. */
  readonly load: () => Promise<unknown>;
}

/** Runs the tests and hands each result to the runner; rejects when one has failed, which ends the editor with an error. */
export async function runMocha({ name, load }: Registration): Promise<void> {
  const reports: Promise<void>[] = [];
  const send = (message: Report) => reports.push(report(message));
  let failures: number;
  try {
    await writeSamples();
    failures = await play(load, send);
  } catch (error) {
    failures = 1;
    send({ kind: 'fail', title: 'the suite runs to its end', message: describeError(error) });
  }
  await Promise.all(reports);
  await report({ kind: 'end' });
  if (failures > 0) throw new Error(`${failures} failed in ${name}`);
}

async function play(load: () => Promise<unknown>, send: (message: Report) => unknown): Promise<number> {
  // Results are printed by the runner; here they would go to the console of an editor that nobody sees.
  const silent = class extends Mocha.reporters.Base {};
  mocha.setup({ ui: 'bdd', reporter: silent, timeout: 60_000, forbidOnly: true, forbidPending: true });
  await load();
  return new Promise((resolve) => {
    // The browser build's own run() reads the page's address, which Node has not.
    const runner = Mocha.prototype.run.call(mocha, resolve);
    runner.on('pass', (test) => send({ kind: 'pass', title: test.fullTitle() }));
    runner.on('fail', (test, error: unknown) =>
      send({ kind: 'fail', title: test.fullTitle(), message: describeError(error) }),
    );
  });
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
