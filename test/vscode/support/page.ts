import type { ClickOptions, FrameDescription, Media, PageRequest, Reply, Report, Target } from './page-request.ts';

// What a person sees, read from VS Code's window itself. Every call goes to the page bridge (test/workbench/page-bridge.mjs),
// which waits until the webview and the element are there; nothing here sleeps.

/** The address is put in when the tests are bundled, since a browser's worker has no environment. */
declare const PAGE_BRIDGE: string;

/** Tells one webview from others where several are visible, by a selector that only it matches. */
export type Where = Omit<Target, 'where'>;

/** Functions run in the page: they see its globals and their argument, and nothing of the test around them. */
export type InPage<A, R> = (argument: A) => R | Promise<R>;

/** A webview's page, or VS Code's window around it. */
class Page {
  readonly #target: Target;

  constructor(where: 'webview' | 'workbench', options: Where = {}) {
    this.#target = { ...options, where };
  }

  /** The value of a function called in the page. It must be plain data. */
  async evaluate<R, A = undefined>(body: InPage<A, R>, argument?: A): Promise<R> {
    return (await ask({ ...this.#target, operation: 'evaluate', body: body.toString(), argument })) as R;
  }

  /** The first truthy value of a function called in the page again and again. */
  async waitFor<R, A = undefined>(body: InPage<A, R>, argument?: A): Promise<NonNullable<R>> {
    return (await ask({ ...this.#target, operation: 'waitFor', body: body.toString(), argument })) as NonNullable<R>;
  }

  /** The visible text of the first element that matches, once there is one with text in it. */
  async text(selector: string): Promise<string> {
    return this.waitFor((wanted) => document.querySelector<HTMLElement>(wanted)?.innerText.trim(), selector);
  }

  /** Clicks the element, once it can be clicked. */
  async click(selector: string, options: ClickOptions = {}): Promise<void> {
    await ask({ ...this.#target, operation: 'click', selector, options });
  }

  /** Moves the pointer onto the element. */
  async hover(selector: string): Promise<void> {
    await ask({ ...this.#target, operation: 'hover', selector });
  }

  /** Puts the keyboard's focus on the element. */
  async focus(selector: string): Promise<void> {
    await ask({ ...this.#target, operation: 'focus', selector });
  }

  /** Presses a key or a chord ('Control+Shift+P', 'ArrowDown') where the focus is. */
  async press(key: string): Promise<void> {
    await ask({ operation: 'press', key });
  }

  /** Types text where the focus is. */
  async type(text: string): Promise<void> {
    await ask({ operation: 'type', text });
  }

  /** A PNG of the window, or of one element. The path is absolute. */
  async screenshot(path: string, selector?: string): Promise<void> {
    await ask({ ...this.#target, operation: 'screenshot', path, ...(selector === undefined ? {} : { selector }) });
  }
}

/** The page inside a webview: the only visible one, or the one that `has` what only it has. */
export function webview(where: Where = {}): Page {
  return new Page('webview', where);
}

/** VS Code's own window: its menus, notifications, tabs. */
export const workbench = new Page('workbench');

/** All webviews, visible or not, with their text: for looking at what went wrong. */
export async function frames(): Promise<readonly FrameDescription[]> {
  return (await ask({ operation: 'frames' })) as readonly FrameDescription[];
}

/** Sets the size of the window's contents. */
export async function setViewport(width: number, height: number): Promise<void> {
  await ask({ operation: 'setViewport', width, height });
}

/** Pretends a person's preference, such as reduced motion. */
export async function emulateMedia(media: Media): Promise<void> {
  await ask({ operation: 'emulateMedia', media });
}

/** What webviews, and the window on behalf of this extension, have written to the console as errors since the last call. */
export async function consoleErrors(): Promise<readonly string[]> {
  return (await ask({ operation: 'consoleErrors' })) as readonly string[];
}

/** Hands a result to the runner. */
export async function report(message: Report): Promise<void> {
  await post('report', message);
}

async function ask(request: PageRequest): Promise<unknown> {
  return post('page', request);
}

async function post(path: string, message: PageRequest | Report): Promise<unknown> {
  const response = await fetch(`${PAGE_BRIDGE}/${path}`, { method: 'POST', body: JSON.stringify(message) });
  const reply = (await response.json()) as Reply;
  if ('error' in reply) throw new Error(reply.error);
  return reply.value;
}
