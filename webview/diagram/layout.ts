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
}

export interface Layout {
  readonly rows: readonly RowBox[];
  readonly width: number;
  readonly height: number;
  /** x of each host's lifeline, from the left edge of the drawing. */
  readonly lifelines: readonly { readonly host: PlaceId; readonly x: number }[];
}

const LINE = 15;
const PADDING = 6;
/** How far an arrow falls from tail to head: time runs downward. */
const SLANT = 7;
/** How far a segment gets before it is lost on the way. */
const LOST_AT = 0.62;

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
    const element = drawn.get(`i${i}`);
    if (part === 'message' && element instanceof SVGLineElement)
      return { texts: textsBefore(element), line: element, group: undefined };
    if (part !== 'message' && element instanceof SVGGElement)
      return { texts: [...element.querySelectorAll('text')], line: undefined, group: element };
    throw new Error(`Statement ${i} is not drawn as a ${part}`);
  });
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
  /** Left and right of the lifelines, for states. */
  readonly margin: number;
}

/** Puts every shape in its place. The drawing must be in the document, since texts are measured. */
export function layOut(
  svg: SVGSVGElement,
  rows: readonly DisplayRow[],
  text: MermaidText,
  shapes: readonly Shape[],
  { margin }: LayoutOptions,
): Layout {
  const lifelines = [...svg.querySelectorAll<SVGLineElement>('[data-et="life-line"]')];
  const xs = text.hosts.map((_, i) => Number(lifelines.find((line) => line.getAttribute('data-id') === `h${i}`)?.getAttribute('x1') ?? 0));
  const left = Math.min(...xs) - margin;
  const right = Math.max(...xs) + margin;
  const xOf = (host: PlaceId): number => xs[Math.max(0, text.hosts.indexOf(host))] as number;

  const boxes: RowBox[] = [];
  let y = 0;
  let statement = 0;
  for (const [index, row] of rows.entries()) {
    const own: number[] = [];
    while (text.statements[statement]?.row === index) own.push(statement++);
    const main = shapes[own[0] as number] as Shape;
    const states = own.slice(1).map((i) => ({ shape: shapes[i] as Shape, host: text.statements[i]?.host as PlaceId }));
    let height: number;
    if (row.kind === 'segment' && main.line !== undefined) {
      const lineY = placeMessage(main, row, y);
      for (const { shape, host } of states) placeState(shape, xOf(host), lineY + (host === row.from ? 0 : SLANT), xs);
      height = lineY + SLANT + PADDING + 2 - y;
    } else {
      height = placeNote(main, row, y, row.kind === 'note' ? row.hosts.map(xOf) : [], { xs, left, right });
      for (const { shape, host } of states) placeState(shape, xOf(host), y + height / 2, xs);
    }
    boxes.push({ top: y, height });
    y += height;
  }

  for (const line of lifelines) {
    line.setAttribute('y1', '0');
    line.setAttribute('y2', String(y));
  }
  for (const head of svg.querySelectorAll('[data-et="participant"]')) head.remove();
  svg.setAttribute('viewBox', `${left} 0 ${right - left} ${y}`);
  svg.setAttribute('width', String(right - left));
  svg.setAttribute('height', String(y));
  svg.removeAttribute('style');
  return {
    rows: boxes,
    width: right - left,
    height: y,
    lifelines: text.hosts.map((host, i) => ({ host, x: (xs[i] as number) - left })),
  };
}

/** Writes the label over the line and slants it. Returns the y at which the line begins. */
function placeMessage({ texts, line }: Shape, row: SegmentRow, top: number): number {
  const arrow = line as SVGLineElement;
  for (const [i, label] of texts.entries()) {
    setY(label, top + PADDING + LINE * i + LINE / 2);
    label.classList.add(i === 0 ? 'label-title' : 'label-detail');
  }
  const y = top + PADDING + LINE * texts.length + 4;
  const x1 = Number(arrow.getAttribute('x1'));
  const x2 = Number(arrow.getAttribute('x2'));
  const reach = row.outcome.kind === 'dropped' || row.outcome.kind === 'in-flight' ? LOST_AT : 1;
  arrow.setAttribute('y1', String(y));
  arrow.setAttribute('x2', String(x1 + (x2 - x1) * reach));
  arrow.setAttribute('y2', String(y + SLANT * reach));
  return y;
}

/** A state stands outside its lifeline, at the height of the arrow's tail or head. */
function placeState({ texts, group }: Shape, x: number, y: number, xs: readonly number[]): void {
  const width = Math.max(...texts.map((text) => text.getBBox().width)) + 12;
  const height = LINE * texts.length + 4;
  const toLeft = x === Math.min(...xs);
  const left = toLeft ? x - 10 - width : x + 10;
  placeBox(group, left, y - height / 2, width, height);
  for (const [i, text] of texts.entries()) {
    setY(text, y - height / 2 + 2 + LINE * i + LINE / 2);
    text.setAttribute('x', String(left + width / 2));
  }
}

/** A note stands over its host, or between the first and the last lifeline. Returns the height of its line. */
function placeNote(
  { texts, group }: Shape,
  row: DisplayRow,
  top: number,
  over: readonly number[],
  { xs, left, right }: { readonly xs: readonly number[]; readonly left: number; readonly right: number },
): number {
  const inset = row.kind === 'silence' || row.kind === 'fold' ? 12 : 0;
  const textWidth = Math.max(...texts.map((text) => text.getBBox().width)) + 20;
  const span = Math.max(...xs) - Math.min(...xs) - 2 * inset;
  const width = over.length === 0 && xs.length > 1 ? Math.max(textWidth, span) : textWidth;
  const centre = over[0] ?? (Math.min(...xs) + Math.max(...xs)) / 2;
  const x = Math.min(Math.max(centre - width / 2, left + 2), right - 2 - width);
  const height = LINE * texts.length + 6;
  placeBox(group, x, top + PADDING - 1, width, height);
  for (const [i, text] of texts.entries()) {
    setY(text, top + PADDING - 1 + 3 + LINE * i + LINE / 2);
    text.setAttribute('x', String(x + width / 2));
  }
  return height + 2 * PADDING - 2;
}

function placeBox(group: SVGGElement | undefined, x: number, y: number, width: number, height: number): void {
  const rect = group?.querySelector('rect');
  rect?.setAttribute('x', String(x));
  rect?.setAttribute('y', String(y));
  rect?.setAttribute('width', String(width));
  rect?.setAttribute('height', String(height));
}

function setY(text: SVGTextElement, y: number): void {
  text.setAttribute('y', String(y));
  text.setAttribute('dy', '0');
}
