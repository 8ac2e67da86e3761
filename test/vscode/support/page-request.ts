// What tests ask of the page bridge, and the results that they hand in: the two ends of one wire.

/** Which page: a webview's, the only visible one or the one that `has` what only it has; or VS Code's window. */
export interface Target {
  readonly where: 'webview' | 'workbench';
  readonly has?: string;
  /** How long to wait for it, in milliseconds. */
  readonly timeout?: number;
}

export interface ClickOptions {
  readonly modifiers?: ('Alt' | 'Control' | 'Meta' | 'Shift')[];
  readonly button?: 'left' | 'right' | 'middle';
  readonly clickCount?: number;
}

/** Preferences of a person that a page can ask for. */
export interface Media {
  readonly reducedMotion?: 'reduce' | 'no-preference';
  readonly forcedColors?: 'active' | 'none';
}

/** Done in the page of a target, which is looked up anew each time. */
export type TargetedRequest = Target &
  (
    | { readonly operation: 'evaluate' | 'waitFor'; readonly body: string; readonly argument?: unknown }
    | { readonly operation: 'click'; readonly selector: string; readonly options: ClickOptions }
    | { readonly operation: 'hover' | 'focus'; readonly selector: string }
    | { readonly operation: 'screenshot'; readonly path: string; readonly selector?: string }
  );

/** Done in the whole window. */
export type WindowRequest =
  | { readonly operation: 'frames' }
  | { readonly operation: 'consoleErrors' }
  | { readonly operation: 'press'; readonly key: string }
  | { readonly operation: 'type'; readonly text: string }
  | { readonly operation: 'setViewport'; readonly width: number; readonly height: number }
  | { readonly operation: 'emulateMedia'; readonly media: Media };

export type PageRequest = TargetedRequest | WindowRequest;

/** A webview's page as `frames` lists it. */
export interface FrameDescription {
  readonly url: string;
  readonly title: string;
  readonly text: string;
}

/** A test's result, and the end of all tests. */
export type Report =
  | { readonly kind: 'pass'; readonly title: string }
  | { readonly kind: 'fail'; readonly title: string; readonly message: string }
  | { readonly kind: 'end' };

export type Reply = { readonly value: unknown } | { readonly error: string };
