/** A place in a text, zero-based, counted as the Language Server Protocol counts (UTF-16 units). */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** From `start` up to, not including, `end`. */
export interface SourceRange {
  readonly start: Position;
  readonly end: Position;
}

/** Text for people in the languages that a scenario file gives it in. English is always there. */
export interface LocalizedText {
  readonly en: string;
  readonly 'zh-cn'?: string;
}
