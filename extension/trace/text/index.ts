/** A trace as text for terminals. */
export { cut, padEnd, padStart, printable, textWidth, wrap } from './cells.ts';
export type { LadderOptions } from './ladder.ts';
export { ladderLines, ladderText, localized } from './ladder.ts';
export type { Wait, WaitKind } from './waits.ts';
export { findWaits, hasWaits, waitsTable } from './waits.ts';
