/** Draws Mermaid's text. Mermaid comes as a script of its own (`dist/mermaid.js`), so that the rest of the page is there first. */
import type { Mermaid } from 'mermaid';

declare global {
  // Set by dist/mermaid.js.
  var mermaid: Mermaid | undefined;
}

export interface RenderOptions {
  readonly fontFamily: string;
  readonly dark: boolean;
}

const FONT_SIZE = 12;

let renders = 0;
/** Mermaid measures in the document and keeps one configuration: drawings wait for each other. */
let queue: Promise<unknown> = Promise.resolve();

/**
 * The drawing as an element of its own, not yet in the document.
 * @throws Error when Mermaid is not there or refuses the text
 */
export function renderMermaid(text: string, options: RenderOptions): Promise<SVGSVGElement> {
  const drawn = queue.then(() => draw(text, options));
  queue = drawn.catch(() => undefined);
  return drawn;
}

async function draw(text: string, { fontFamily, dark }: RenderOptions): Promise<SVGSVGElement> {
  const { mermaid } = globalThis;
  if (mermaid === undefined) throw new Error('dist/mermaid.js is missing');
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    theme: 'base',
    darkMode: dark,
    fontFamily,
    // Mermaid gives labels and notes this size, whatever the sequence diagram's own settings say.
    fontSize: FONT_SIZE,
    // Above the limits of Mermaid it would draw an error and not throw; the window keeps far below them.
    suppressErrorRendering: true,
    sequence: {
      useMaxWidth: false,
      mirrorActors: false,
      showSequenceNumbers: false,
      wrap: false,
      messageFontWeight: 600,
    },
  });
  const { svg } = await mermaid.render(`diagram-${renders++}`, text);
  // Parsed apart from the page: nothing in it can run or load.
  const parsed = new DOMParser().parseFromString(svg, 'text/html').querySelector('svg');
  if (parsed === null) throw new Error('Mermaid drew nothing');
  return document.importNode(parsed, true);
}
