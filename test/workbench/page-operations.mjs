// What tests can ask of VS Code's window and of the page inside a webview. Frames are looked up anew for every request,
// because a webview that was hidden and shown again has a new one.

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').Frame} Frame
 *
 * @typedef {object} Request
 * @property {string} operation
 * @property {'workbench' | 'webview'} [where] a webview unless told
 * @property {string} [has] a selector that tells the wanted webview from others
 * @property {string} [selector]
 * @property {string} [body] source text of a function of one argument
 * @property {unknown} [argument]
 * @property {string} [key]
 * @property {string} [text]
 * @property {string} [path]
 * @property {{ width: number, height: number }} [size]
 * @property {object} [options] passed on to Playwright
 * @property {number} [timeout] milliseconds
 */

/** @type {Record<string, (page: Page, request: any) => Promise<unknown>>} */
const operations = {
  frames: (page) => Promise.all(webviews(page).map(describe)),
  evaluate: (page, request) => inFrame(page, request, (frame) => frame.evaluate(source(request))),
  waitFor: (page, request) =>
    inFrame(page, request, async (frame) => {
      const value = await frame.evaluate(source(request));
      return value ? value : again;
    }),
  click: (page, request) =>
    inFrame(page, request, (frame) => frame.click(request.selector, { timeout: 1000, ...request.options })),
  hover: (page, request) =>
    inFrame(page, request, (frame) => frame.hover(request.selector, { timeout: 1000, ...request.options })),
  focus: (page, request) => inFrame(page, request, (frame) => frame.focus(request.selector, { timeout: 1000 })),
  press: (page, request) => page.keyboard.press(request.key),
  type: (page, request) => page.keyboard.type(request.text),
  setViewport: (page, request) => page.setViewportSize(request.size),
  emulateMedia: (page, request) => page.emulateMedia(request.options),
  screenshot: async (page, request) => {
    const options = { path: request.path, animations: /** @type {const} */ ('disabled') };
    if (request.selector === undefined) await page.screenshot(options);
    else await inFrame(page, request, (frame) => frame.locator(request.selector).first().screenshot(options));
  },
};

/** Says that a condition does not hold yet. */
const again = Symbol('again');

/**
 * @param {Page} page
 * @param {Request} request
 * @returns {Promise<unknown>}
 */
export async function carryOut(page, request) {
  const operation = operations[request.operation];
  if (!operation) throw new Error(`There is no operation '${request.operation}'.`);
  return operation(page, request);
}

/** An expression, since the function's text comes from another process. @param {Request} request */
function source({ body, argument }) {
  return `(${String(body)})(${JSON.stringify(argument ?? null)})`;
}

/**
 * Tries until the wanted frame is there and the action has succeeded in it; then the last reason is the error.
 * @param {Page} page
 * @param {Request} request
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
        if (request.operation === 'evaluate' && !/detached|destroyed|closed/.test(reason)) throw error;
      }
    }
    if (Date.now() > deadline)
      throw new Error(`${request.operation} ${request.selector ?? request.body ?? ''}: ${reason}`);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

/** @param {Page} page @param {Request} request @returns {Promise<Frame | string>} the frame, or why there is none */
async function findFrame(page, request) {
  if (request.where === 'workbench') return page.mainFrame();
  /** @type {Frame[]} */
  const found = [];
  for (const frame of webviews(page)) {
    try {
      const element = await (await frame.parentFrame()?.frameElement())?.boundingBox();
      const visible = element !== null && element !== undefined && element.width > 0 && element.height > 0;
      const matches = request.has === undefined || (await frame.locator(request.has).count()) > 0;
      if (visible && matches) found.push(frame);
    } catch {
      // It went away while we looked.
    }
  }
  const [only, second] = found;
  if (only && !second) return only;
  const which = request.has === undefined ? 'webview' : `webview with ${request.has}`;
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
