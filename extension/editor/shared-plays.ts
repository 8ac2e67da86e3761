/** Somebody who waits for a play: a panel, or the check of a whole file. */
export interface Waiting<P> {
  readonly token: CancellationToken;
  readonly progress?: ((at: P) => void) | undefined;
  /** Takes the result if there is one, but does not keep the play going once all others have cancelled it. */
  readonly inBackground?: boolean | undefined;
}

/** As VS Code's. */
export interface CancellationToken {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): { dispose(): void };
}

/** How a play asks whether anybody still wants it, and says how far it is. */
export interface PlayControl<P> {
  readonly isCancelled: () => boolean;
  readonly progress: (at: P) => void;
}

interface Play<R, P> {
  readonly result: Promise<R | undefined>;
  readonly waiting: Set<Waiting<P>>;
}

/** Lets those who ask for the same play at the same time share it. It is cancelled when all of them have. */
export class SharedPlays<K, R, P> {
  private readonly active = new Map<K, Play<R, P>>();

  /**
   * Joins the play with this key, or starts it.
   * @returns its result; undefined as soon as this one's token is cancelled
   */
  async join(
    key: K,
    who: Waiting<P>,
    start: (control: PlayControl<P>) => Promise<R | undefined>,
  ): Promise<R | undefined> {
    const play = this.active.get(key) ?? this.start(key, who, start);
    play.waiting.add(who);
    let listening: { dispose(): void } | undefined;
    const cancelled = new Promise<undefined>((resolve) => {
      listening = who.token.onCancellationRequested(() => {
        // Nobody may join what is about to stop.
        if (allCancelled(play.waiting) && this.active.get(key) === play) this.active.delete(key);
        resolve(undefined);
      });
    });
    try {
      return await Promise.race([play.result, cancelled]);
    } finally {
      listening?.dispose();
    }
  }

  private start(key: K, who: Waiting<P>, start: (control: PlayControl<P>) => Promise<R | undefined>): Play<R, P> {
    const waiting = new Set([who]);
    const result = start({
      isCancelled: () => allCancelled(waiting),
      progress: (at) => {
        for (const each of waiting) if (!each.token.isCancellationRequested) each.progress?.(at);
      },
    });
    const play = { result, waiting };
    this.active.set(key, play);
    const forget = () => {
      if (this.active.get(key) === play) this.active.delete(key);
    };
    result.then(forget, forget);
    return play;
  }
}

function allCancelled<P>(waiting: ReadonlySet<Waiting<P>>): boolean {
  const inFront = [...waiting].filter(({ inBackground }) => inBackground !== true);
  return (inFront.length > 0 ? inFront : [...waiting]).every(({ token }) => token.isCancellationRequested);
}
