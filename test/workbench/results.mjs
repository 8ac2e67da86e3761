// Counts what the suites report and prints what failed.

/** The results of a whole run, over all suites. */
export class Results {
  #passed = 0;
  /** @type {{ suite: string, title: string }[]} */
  #failures = [];

  /** @param {string} suite @param {string} title */
  passed(suite, title) {
    this.#passed += 1;
    console.log(`  ✔ ${suite} › ${title}`);
  }

  /** Counts tests that their own runner has printed. @param {number} count */
  passedMany(count) {
    this.#passed += count;
  }

  /** @param {string} suite @param {string} title @param {string} message */
  failed(suite, title, message) {
    this.#failures.push({ suite, title });
    console.log(`  ✘ ${suite} › ${title}\n${message.replaceAll(/^/gm, '      ')}`);
  }

  /** Ends with the one line that says how it went. @returns {boolean} whether all is well */
  summarize() {
    if (this.#failures.length > 0) {
      console.log('\nFailed:');
      for (const { suite, title } of this.#failures) console.log(`  ✘ ${suite} › ${title}`);
    }
    // A run without a test has shown nothing.
    if (this.#passed + this.#failures.length === 0) this.failed('run', 'has tests', 'No test was run.');
    console.log(`\n${this.#passed} passed, ${this.#failures.length} failed`);
    return this.#failures.length === 0;
  }
}
