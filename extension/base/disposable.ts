/** What can be given up: a listener, a panel, a running task. The same shape as VS Code's. */
export interface Disposable {
  dispose(): void;
}

/** Owns other disposables and gives them up together, the latest first. What arrives after that is given up at once. */
export class DisposableStore implements Disposable {
  private readonly owned = new Set<Disposable>();
  private disposed = false;

  /** Registers in the line that creates: `const x = store.add(new X())`. */
  add<T extends Disposable>(disposable: T): T {
    if (this.disposed) disposable.dispose();
    else this.owned.add(disposable);
    return disposable;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const disposable of [...this.owned].reverse()) disposable.dispose();
    this.owned.clear();
  }
}
