// Runs a bundle of tests inside an extension host, with Node or without: mocha's browser build serves both.
import 'mocha/mocha.js';
import type { Report } from './page-request.ts';
import { report } from './page.ts';

interface Registration {
  /** What failures are reported under. */
  readonly name: string;
  /** Loads the modules that call `describe` and `it`. */
  readonly load: () => Promise<unknown>;
}

/** Runs the tests and hands each result to the runner; rejects when one has failed, which ends the editor with an error. */
export async function runMocha({ name, load }: Registration): Promise<void> {
  // Results are printed by the runner; here they would go to the console of an editor that nobody sees.
  const silent = class extends Mocha.reporters.Base {};
  mocha.setup({ ui: 'bdd', reporter: silent, timeout: 60_000, forbidOnly: true, forbidPending: true });
  await load();
  const sending: Promise<void>[] = [];
  const send = (message: Report) => sending.push(report(message));
  await new Promise<void>((resolve, reject) => {
    // The browser build's own run() reads the page's address, which Node has not.
    const runner = Mocha.prototype.run.call(mocha, (failures) => {
      Promise.all(sending)
        .then(() => report({ kind: 'end' }))
        .then(() => (failures > 0 ? reject(new Error(`${failures} failed in ${name}`)) : resolve()), reject);
    });
    runner.on('pass', (test) => send({ kind: 'pass', title: test.fullTitle() }));
    runner.on('fail', (test, error: Error) =>
      send({ kind: 'fail', title: test.fullTitle(), message: error.stack ?? error.message }),
    );
    runner.on('pending', (test) =>
      send({ kind: 'fail', title: test.fullTitle(), message: 'Tests are not skipped here.' }),
    );
  });
}
