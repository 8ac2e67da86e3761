/**
 * Mermaid makes the shapes; where they stand is decided here. It cannot put a state beside an arrow, let an arrow end where
 * its segment was lost, let time run downward along it, or leave its heads in view: so every shape is found by the number of
 * the statement that drew it, and moved.
 */
import type { DisplayRow, SegmentRow } from '../../extension/trace/diagram/row.ts';
import type { MermaidText } from '../../extension/trace/diagram/mermaid-text.ts';
import type { PlaceId } from '../../extension/trace/event.ts';

/** What a statement drew. */
export interface Shape {
  readonly texts: readonly SVGTextElement[];
  /** A message's line; undefined for notes. */
  readonly line: SVGLineElement | undefined;
  /** A note's group; undefined for messages. */
  readonly group: SVGGElement | undefined;
}

export interface RowBox {
  readonly top: number;
  readonly height: number;
  /** Where a note begins. */
  readonly left?: number;
}

export interface Layout {
  readonly rows: readonly RowBox[];
  readonly width: number;
  readonly height: number;
  /** x of each host's lifeline, from the left edge of the drawing. */
  readonly lifelines: readonly { readonly host: PlaceId; readonly x: number }[];
  /** Between two lifelines, px. */
  readonly spacing: number;
}

const LINE = 15;
const PADDING = 6;
/** How far an arrow falls from tail to head: time runs downward. */
const SLANT = 7;
/** From the outer lifelines to a note between them. */
const NOTE_INSET = 12;
/** From a lifeline or a note to a state beside it. */
const STATE_GAP = 9;
/** Left in a fold's line for the sign that it opens. */
const FOLD_SIGN = 18;
/** From a lifeline to the end of an arrow. */
const BESIDE = 6;
/** How much of the space between two lifelines a message to oneself takes. */
const SELF = 0.7;
/** How far a segment gets that is lost on the way. */
const ON_THE_WAY = 0.55;
/** How far one gets that finds a host without power. */
const BEFORE_HOST = 0.95;

/**
 * The shapes of every statement, in their order.
 * @throws Error when the drawing does not have exactly what the text says: then it must not be linked to anything
 */
export function findShapes(svg: SVGSVGElement, { statements }: MermaidText): readonly Shape[] {
  const drawn = new Map<string, Element>();
  for (const element of svg.querySelectorAll('[data-et="message"], [data-et="note"]'))
    drawn.set(element.getAttribute('data-id') ?? '', element);
  if (drawn.size !== statements.length)
    throw new Error(`The drawing has ${drawn.size} shapes for ${statements.length} statements`);
  return statements.map(({ part }, i) => {
    const found = drawn.get(`i${i}`);
    const element = found instanceof SVGPathElement ? straightened(found) : found;
    if (part === 'message' && element instanceof SVGLineElement)
      return { texts: textsBefore(element), line: element, group: undefined };
    if (part !== 'message' && element instanceof SVGGElement)
      return { texts: [...element.querySelectorAll('text')], line: undefined, group: element };
    throw new Error(`Statement ${i} is not drawn as a ${part}`);
  });
}

/** Mermaid bends what a host sends to itself; here every message is a line. */
function straightened(path: SVGPathElement): SVGLineElement {
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  for (const { name, value } of path.attributes) if (name !== 'd') line.setAttribute(name, value);
  path.replaceWith(line);
  return line;
}

/** A message's label stands right before its line. */
function textsBefore(line: Element): readonly SVGTextElement[] {
  const texts: SVGTextElement[] = [];
  for (let at = line.previousElementSibling; at instanceof SVGTextElement; at = at.previousElementSibling) {
    if (!at.classList.contains('messageText')) break;
    texts.unshift(at);
  }
  return texts;
}

export interface LayoutOptions {
  /** Between two lifelines, px; more where labels need it. */
  readonly spacing: number;
  /** Left and right of the lifelines, for states. */
  readonly margin: number;
  /** How far a label may reach over a lifeline on each side, px. */
  readonly overhang: number;
  /** Above each line, for its time, where there is no column for times; px. */
  readonly headroom: number;
  /** States stand below their arrow, between the lifelines: where there is no room outside. */
  readonly statesInside: boolean;
}

/** Puts every shape in its place. The drawing must be in the document, since texts are measured. */
export function layOut(
  svg: SVGSVGElement,
  rows: readonly DisplayRow[],
  text: MermaidText,
  shapes: readonly Shape[],
  { spacing: wanted, margin, overhang, headroom, statesInside }: LayoutOptions,
): Layout {
  const labels = shapes.filter(({ line }) => line !== undefined).flatMap(({ texts }) => texts);
  const spacing = Math.max(wanted, ...labels.map((label) => label.getBBox().width + 24 - 2 * overhang));
  const xs = text.hosts.map((_, i) => Math.round(margin + i * spacing));
  const right = (xs.at(-1) ?? 0) + margin;
  const xOf = (host: PlaceId): number => xs[Math.max(0, text.hosts.indexOf(host))] as number;

  const boxes: RowBox[] = [];
  let y = 0;
  let statement = 0;
  for (const [index, row] of rows.entries()) {
    const own: number[] = [];
    while (text.statements[statement]?.row === index) own.push(statement++);
    const main = shapes[own[0] as number] as Shape;
    const states = own.slice(1).map((i) => ({ shape: shapes[i] as Shape, host: text.statements[i]?.host as PlaceId }));
    // A silence has no time of its own.
    const top = row.kind === 'silence' ? y : y + headroom;
    let left: number | undefined;
    let bottom: number;
    if (row.kind === 'segment' && main.line !== undefined) {
      const to = xOf(row.to);
      // From the host itself: out of the space beside its lifeline.
      const beside = to + (to === xs[0] ? 1 : -1) * spacing * SELF;
      const lineY = placeMessage(main, row, top, row.from === row.to ? beside : xOf(row.from), to);
      bottom = lineY + SLANT + PADDING + 2;
      for (const { shape, host } of states) {
        const x = xOf(host);
        // Outside, away from the arrow; a host between others has arrows on either side.
        const outwardLeft = row.from === row.to ? x === xs[0] : x < xOf(host === row.from ? row.to : row.from);
        const toLeft = outwardLeft !== statesInside;
        const height = stateHeight(shape);
        const middle = statesInside ? bottom + height / 2 - 1 : lineY + (host === row.from ? 0 : SLANT);
        placeState(shape, toLeft ? x - STATE_GAP : x + STATE_GAP, toLeft, middle);
      }
      if (statesInside && states.length > 0) bottom += Math.max(...states.map(({ shape }) => stateHeight(shape))) + 2;
    } else {
      const extra = row.kind === 'fold' ? FOLD_SIGN : 0;
      const note = placeNote(main, top, row.kind === 'note' ? row.hosts.map(xOf) : [], xs, right, extra);
      bottom = top + note.height;
      left = note.left;
      // Beside the note, on the side that looks to the other lifelines.
      for (const { shape, host } of states) {
        const toLeft = xOf(host) !== xs[0];
        placeState(shape, toLeft ? note.left - STATE_GAP : note.right + STATE_GAP, toLeft, (top + bottom) / 2);
      }
    }
    boxes.push({ top: y, height: bottom - y, ...(left === undefined ? {} : { left }) });
    y = bottom;
  }

  // The page draws heads and lifelines itself: they stay in view, and show who is alive.
  for (const element of svg.querySelectorAll('[data-et="participant"], [data-et="life-line"]')) element.remove();
  svg.setAttribute('viewBox', `0 0 ${right} ${y}`);
  svg.setAttribute('width', String(right));
  svg.setAttribute('height', String(y));
  svg.removeAttribute('style');
  return {
    rows: boxes,
    width: right,
    height: y,
    lifelines: text.hosts.map((host, i) => ({ host, x: xs[i] as number })),
    spacing,
  };
}

/** Writes the label over the line and slants it. Returns the y at which the line begins. */
function placeMessage({ texts, line }: Shape, row: SegmentRow, top: number, from: number, to: number): number {
  const arrow = line as SVGLineElement;
  for (const [i, label] of texts.entries()) {
    setX(label, (from + to) / 2);
    setY(label, top + PADDING + LINE * i + LINE / 2);
  }
  const y = top + PADDING + LINE * texts.length + 4;
  const side = Math.sign(to - from) * BESIDE;
  const [x1, x2] = [from + side, to - side];
  const reach = reachOf(row);
  for (const [name, value] of Object.entries({ x1, y1: y, x2: x1 + (x2 - x1) * reach, y2: y + SLANT * reach }))
    arrow.setAttribute(name, String(value));
  return y;
}

function reachOf({ outcome }: SegmentRow): number {
  if (outcome.kind === 'in-flight') return outcome.held === undefined ? ON_THE_WAY : BEFORE_HOST;
  if (outcome.kind !== 'dropped') return 1;
  return outcome.where === 'link-cut' ? ON_THE_WAY : BEFORE_HOST;
}

const stateHeight = ({ texts }: Shape): number => LINE * texts.length + 4;

/** A state stands at `x`, reaching left or right from there. */
function placeState(shape: Shape, x: number, toLeft: boolean, y: number): void {
  const { texts, group } = shape;
  const width = Math.max(...texts.map((text) => text.getBBox().width)) + 12;
  const height = stateHeight(shape);
  const left = toLeft ? x - width : x;
  placeBox(group, left, y - height / 2, width, height);
  for (const [i, text] of texts.entries()) {
    setY(text, y - height / 2 + 2 + LINE * i + LINE / 2);
    setX(text, left + width / 2);
  }
}

/** A note stands over its host, or between the first and the last lifeline; `extra` is left free before its text. */
function placeNote(
  { texts, group }: Shape,
  top: number,
  over: readonly number[],
  xs: readonly number[],
  right: number,
  extra: number,
): { readonly height: number; readonly left: number; readonly right: number } {
  const textWidth = Math.max(...texts.map((text) => text.getBBox().width)) + 20 + extra;
  const span = Math.max(...xs) - Math.min(...xs) - 2 * NOTE_INSET;
  const width = over.length === 0 && xs.length > 1 ? Math.max(textWidth, span) : textWidth;
  const centre = over[0] ?? (Math.min(...xs) + Math.max(...xs)) / 2;
  const x = Math.max(2, Math.min(centre - width / 2, right - 2 - width));
  const height = LINE * texts.length + 6;
  placeBox(group, x, top + PADDING - 1, width, height);
  for (const [i, text] of texts.entries()) {
    setY(text, top + PADDING - 1 + 3 + LINE * i + LINE / 2);
    setX(text, x + (width + extra) / 2);
  }
  return { height: height + 2 * PADDING - 2, left: x, right: x + width };
}

function placeBox(group: SVGGElement | undefined, x: number, y: number, width: number, height: number): void {
  const rect = group?.querySelector('rect');
  rect?.setAttribute('x', String(x));
  rect?.setAttribute('y', String(y));
  rect?.setAttribute('width', String(width));
  rect?.setAttribute('height', String(height));
}

/** Mermaid repeats the place on the spans inside. */
function setX(text: SVGTextElement, x: number): void {
  for (const element of [text, ...text.querySelectorAll('tspan')]) element.setAttribute('x', String(x));
}

function setY(text: SVGTextElement, y: number): void {
  text.setAttribute('y', String(y));
  text.setAttribute('dy', '0');
}
