/** Plays a run back step by step. Virtual time is not waited for: two idle hours last as long as two milliseconds. */

/** Long enough to read a line. */
const PACE_MS = 1_100;

export class Player {
  private readonly onStep: () => void;
  private timer: number | undefined;

  constructor(onStep: () => void) {
    this.onStep = onStep;
  }

  start(): void {
    this.stop();
    this.timer = window.setInterval(this.onStep, PACE_MS);
  }

  stop(): void {
    window.clearInterval(this.timer);
    this.timer = undefined;
  }
}
