// What tests can ask of VS Code's window and of the page inside a webview. Frames are looked up anew for every request,
// because a webview that was hidden and shown again has a new one.

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').Frame} Frame
 * @typedef {import('../vscode/support/page-request.ts').PageRequest} PageRequest
 * @typedef {import('../vscode/support/page-request.ts').TargetedRequest} TargetedRequest
 * @typedef {import('../vscode/support/page-request.ts').Target} Target
 */

/** How long a single try at an element takes at most; then the frame is looked up again. */
const oneTry = { timeout: 1000 };

/** Says that a condition does not hold yet. */
const again = Symbol('again');

/**
 * @param {Page} page
 * @param {Exclude<PageRequest, { operation: 'consoleErrors' }>} request
 * @returns {Promise<unknown>}
 */
export async function carryOut(page, request) {
  switch (request.operation) {
    case 'press':
      return page.keyboard.press(request.key);
    case 'type':
      return page.keyboard.type(request.text);
    case 'setViewport':
      return page.setViewportSize({ width: request.width, height: request.height });
    case 'emulateMedia':
      return page.emulateMedia(request.media);
    case 'frames':
      return Promise.all(webviews(page).map(describe));
    case 'screenshot':
      if (request.selector !== undefined) return inFrame(page, request, (frame) => act(frame, request));
      return page.screenshot({ path: request.path, animations: 'disabled' }).then(() => undefined);
    default:
      return inFrame(page, request, (frame) => act(frame, request));
  }
}

/** @param {Frame} frame @param {TargetedRequest} request @returns {Promise<unknown>} */
async function act(frame, request) {
  switch (request.operation) {
    case 'evaluate':
      return frame.evaluate(source(request));
    case 'waitFor': {
      /** @type {unknown} */
      const value = await frame.evaluate(source(request));
      return value ? value : again; // eslint-disable-line @typescript-eslint/prefer-nullish-coalescing -- false and 0 wait too
    }
    case 'click':
      return frame.click(request.selector, { ...oneTry, ...request.options });
    case 'hover':
      return frame.hover(request.selector, oneTry);
    case 'focus':
      return frame.focus(request.selector, oneTry);
    case 'screenshot': {
      const element = frame.locator(request.selector ?? 'body').first();
      return element.screenshot({ ...oneTry, path: request.path, animations: 'disabled' }).then(() => undefined);
    }
  }
}

/** An expression, since the function's text comes from another process. @param {{ body: string, argument?: unknown }} call */
function source({ body, argument }) {
  return `(${body})(${JSON.stringify(argument ?? null)})`;
}

/**
 * Tries until the wanted frame is there and the action has succeeded in it; then the last reason is the error.
 * @param {Page} page
 * @param {TargetedRequest} request
 * @param {(frame: Frame) => Promise<unknown>} action
 */
async function inFrame(page, request, action) {
  const deadline = Date.now() + (request.timeout ?? 20_000);
  for (;;) {
    let reason;
    const frame = await findFrame(page, request);
    if (typeof frame === 'string') reason = frame;
    else {
      try {
        const value = await action(frame);
        if (value !== again) return value;
        reason = 'the condition does not hold';
      } catch (error) {
        reason = String(error);
        // What the test's own function throws is for the test, unless the page went away under it.
        if (request.operation === 'evaluate' && !/detached|destroyed|closed/.test(reason)) throw error;
      }
    }
    if (Date.now() > deadline) {
      const what = 'body' in request ? request.body : request.selector;
      throw new Error(`${request.operation} ${what ?? ''}: ${reason}`);
    }
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

/** @param {Page} page @param {Target} target @returns {Promise<Frame | string>} the frame, or why there is none */
async function findFrame(page, { where, has }) {
  if (where === 'workbench') return page.mainFrame();
  /** @type {Frame[]} */
  const found = [];
  for (const frame of webviews(page)) {
    try {
      const element = await (await frame.parentFrame()?.frameElement())?.boundingBox();
      const visible = element !== null && element !== undefined && element.width > 0 && element.height > 0;
      const matches = has === undefined || (await frame.locator(has).count()) > 0;
      if (visible && matches) found.push(frame);
    } catch {
      // It went away while we looked.
    }
  }
  const [only, second] = found;
  if (only && !second) return only;
  const which = has === undefined ? 'webview' : `webview with ${has}`;
  return only ? `more than one visible ${which}` : `no visible ${which}`;
}

/** The inner frames, which hold what the extension wrote. @param {Page} page */
function webviews(page) {
  return page.frames().filter((frame) => {
    const parent = frame.parentFrame()?.url() ?? '';
    return parent.includes('/webview/browser/pre/') || parent.startsWith('vscode-webview://');
  });
}

/** @param {Frame} frame */
async function describe(frame) {
  return { url: frame.url(), title: await frame.title(), text: await frame.locator('body').innerText() };
}
