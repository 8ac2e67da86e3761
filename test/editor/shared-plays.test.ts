import { describe, expect, it } from 'vitest';
import type { PlayControl } from '../../extension/editor/shared-plays.ts';
import { SharedPlays } from '../../extension/editor/shared-plays.ts';

class Source {
  isCancellationRequested = false;
  private readonly listeners = new Set<() => void>();
  onCancellationRequested(listener: () => void) {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }
  cancel() {
    this.isCancellationRequested = true;
    for (const listener of this.listeners) listener();
  }
}

/** Plays that end when the test says so. */
function plays() {
  const shared = new SharedPlays<string, string, number>();
  const started: { control: PlayControl<number>; end: (result: string | undefined) => void }[] = [];
  const join = (token: Source, progress?: (at: number) => void) =>
    shared.join('run', { token, progress }, (control) => new Promise((end) => started.push({ control, end })));
  return { started, join };
}

describe('a play that two ask for', () => {
  it('is played once, and both get its result and its progress', async () => {
    const { started, join } = plays();
    const told: string[] = [];
    const both = [join(new Source(), (at) => told.push(`a${at}`)), join(new Source(), (at) => told.push(`b${at}`))];
    started[0]?.control.progress(7);
    started[0]?.end('trace');
    expect(await Promise.all(both)).toEqual(['trace', 'trace']);
    expect({ started: started.length, told }).toEqual({ started: 1, told: ['a7', 'b7'] });
  });

  it('goes on for the other when one cancels', async () => {
    const { started, join } = plays();
    const impatient = new Source();
    const [left, stays] = [join(impatient), join(new Source())];
    impatient.cancel();
    expect(await left).toBeUndefined();
    expect(started[0]?.control.isCancelled()).toBe(false);
    started[0]?.end('trace');
    expect(await stays).toBe('trace');
  });

  it('is cancelled when both cancel, and whoever asks then gets a new one', async () => {
    const { started, join } = plays();
    const [one, two] = [new Source(), new Source()];
    const both = [join(one), join(two)];
    one.cancel();
    two.cancel();
    expect(await Promise.all(both)).toEqual([undefined, undefined]);
    expect(started[0]?.control.isCancelled()).toBe(true);
    const again = join(new Source());
    started[0]?.end(undefined);
    started[1]?.end('trace');
    expect(await again).toBe('trace');
  });

  it('is cancelled when the one that looks at it cancels, though another waits in the background', async () => {
    const shared = new SharedPlays<string, string, number>();
    const [watching, waiting] = [new Source(), new Source()];
    let control: PlayControl<number> | undefined;
    const start = (given: PlayControl<number>) => {
      control = given;
      return new Promise<string>(() => undefined);
    };
    void shared.join('run', { token: waiting, inBackground: true }, start);
    expect(control?.isCancelled()).toBe(false);
    const watched = shared.join('run', { token: watching }, start);
    watching.cancel();
    expect(await watched).toBeUndefined();
    expect(control?.isCancelled()).toBe(true);
  });

  it('that fails fails for both, and is started anew for the next', async () => {
    const shared = new SharedPlays<string, string, number>();
    const start = () => Promise.reject(new Error('broken'));
    await expect(shared.join('run', { token: new Source() }, start)).rejects.toThrow('broken');
    expect(await shared.join('run', { token: new Source() }, () => Promise.resolve('trace'))).toBe('trace');
  });
});
