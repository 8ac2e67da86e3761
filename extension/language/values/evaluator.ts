import * as l10n from '@vscode/l10n';
import { formatDuration, type Micros } from '../../base/time.ts';
import type * as ast from '../generated/ast.ts';
import { rangeOf } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import type { ProblemList } from '../problems/problem.ts';
import {
  combine,
  isQuantity,
  isTooLarge,
  parseQuantity,
  type Quantity,
  type QuantityError,
  wholeNumber,
} from './quantity.ts';
import { type Dimension, UNITS, unitMeant, unitsOf } from './units.ts';

/** A value that stands somewhere in the text. */
export type ValueNode = ast.Expression | ast.Product | ast.Factor;

/** The `let`s in force, by name. */
export type LetLookup = (reference: ast.NameReference) => ast.Let | undefined;

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/**
 * Computes values of one run. Every method yields undefined after it reported why there is no value; a `let` that went wrong is
 * reported at its own place and nowhere else.
 */
export class Evaluator {
  private readonly values = new Map<ast.Let, Quantity | undefined>();
  private readonly underWay = new Set<ast.Let>();
  private readonly lookup: LetLookup;
  private readonly problems: ProblemList;

  constructor(lookup: LetLookup, problems: ProblemList) {
    this.lookup = lookup;
    this.problems = problems;
  }

  /** A duration in whole microseconds, at least `min`. */
  duration(node: ValueNode | undefined, bounds: Bounds = { min: 0 }): Micros | undefined {
    return this.whole(node, 'duration', bounds);
  }

  /** A number of bytes, at least 1 unless said. */
  size(node: ValueNode | undefined, bounds: Bounds = { min: 1 }): number | undefined {
    return this.whole(node, 'size', bounds);
  }

  /** A bandwidth in bits per second. */
  rate(node: ValueNode | undefined): number | undefined {
    return this.whole(node, 'rate', { min: 1 });
  }

  /** A percentage in parts per million. */
  share(node: ValueNode | undefined, bounds: Bounds): number | undefined {
    return this.whole(node, 'share', bounds);
  }

  /** A plain whole number. */
  count(node: ValueNode | undefined, bounds: Bounds = { min: 0 }): number | undefined {
    return this.whole(node, 'number', bounds);
  }

  /** The value of a `let`, for those that show it. */
  valueOf(declaration: ast.Let): Quantity | undefined {
    if (this.values.has(declaration)) return this.values.get(declaration);
    if (this.underWay.has(declaration)) {
      return void this.problems.add(messages.cyclicLet(declaration.name), rangeOf(declaration));
    }
    if (this.underWay.size >= MAX_CHAIN) {
      return void this.problems.add(messages.chainTooLong(MAX_CHAIN), rangeOf(declaration));
    }
    this.underWay.add(declaration);
    const value = this.value(declaration.value);
    this.underWay.delete(declaration);
    this.values.set(declaration, value);
    return value;
  }

  private whole(node: ValueNode | undefined, dimension: Dimension, bounds: Bounds): number | undefined {
    const value = node && this.value(node);
    if (node === undefined || value === undefined) return undefined;
    if (value.dimension !== dimension) {
      return void this.problems.add(this.wrongDimension(node, dimension, value), rangeOf(node));
    }
    if (isTooLarge(value)) return void this.problems.add(messages.numberTooLong(), rangeOf(node));
    const whole = wholeNumber(value);
    if (whole === undefined) return void this.problems.add(messages.notWhole(pieces(dimension)), rangeOf(node));
    const { min = -Infinity, max = Infinity } = bounds;
    if (whole >= min && whole <= max) return whole;
    const text =
      max === Infinity
        ? messages.tooSmall(show(dimension, min))
        : messages.outOfRange(show(dimension, min), show(dimension, max));
    return void this.problems.add(text, rangeOf(node));
  }

  /** A bare number where a unit is needed is the commonest slip: offer the units. */
  private wrongDimension(
    node: ValueNode,
    wanted: Dimension,
    value: Quantity,
  ): ReturnType<typeof messages.wrongDimension> {
    const text = node.$cstNode?.text.trim() ?? '';
    if (value.dimension === 'number' && wanted !== 'number' && /^\d+(\.\d+)?$/.test(text)) {
      return messages.missingUnit(
        text,
        unitsOf(wanted),
        value.numerator === 0n
          ? `${text}${wanted === 'size' ? 'B' : 's'}`
          : wanted === 'share'
            ? `${text}%`
            : undefined,
      );
    }
    return messages.wrongDimension(kindOf(wanted), kindOf(value.dimension));
  }

  value(node: ValueNode): Quantity | undefined {
    switch (node.$type) {
      case 'Expression':
        return this.chain(node.terms, node.operators);
      case 'Product':
        return this.chain(node.factors, node.operators);
      case 'Parenthesized':
        return this.value(node.value);
      case 'Negated': {
        const value = this.value(node.value);
        return value && { ...value, numerator: -value.numerator };
      }
      case 'Literal':
        return this.literal(node);
      case 'NameReference': {
        const declaration = this.lookup(node);
        return declaration && this.valueOf(declaration);
      }
    }
  }

  private chain(
    operands: readonly (ast.Product | ast.Factor)[],
    operators: readonly ('+' | '-' | '*' | '/')[],
  ): Quantity | undefined {
    const [first, ...rest] = operands;
    let result = first && this.value(first);
    for (const [index, operand] of rest.entries()) {
      const value = this.value(operand);
      const operator = operators[index];
      if (result === undefined || value === undefined || operator === undefined) return undefined;
      const combined = combine(result, operator, value);
      if (!isQuantity(combined)) {
        const senseless = messages.senselessArithmetic(kindOf(result.dimension), operator, kindOf(value.dimension));
        return void this.problems.add(
          combined.kind === 'makes-no-sense' ? senseless : explain(combined),
          rangeOf(operand),
        );
      }
      result = combined;
    }
    return result;
  }

  private literal(node: ast.Literal): Quantity | undefined {
    const result = parseQuantity(node.text);
    return isQuantity(result) ? result : void this.problems.add(explain(result), rangeOf(node));
  }
}

/** A `let` that needs so many others, one after the other, is no scenario but an attempt to end the stack. */
const MAX_CHAIN = 200;

function explain(error: QuantityError): ReturnType<typeof messages.numberTooLong> {
  switch (error.kind) {
    case 'unknown-unit': {
      const meant = unitMeant(error.unit);
      return messages.unknownUnit(error.unit, [...UNITS.keys()], meant && `${error.number}${meant}`);
    }
    case 'divides-by-zero':
      return messages.divisionByZero();
    case 'too-long':
    case 'makes-no-sense':
      return messages.numberTooLong();
  }
}

function kindOf(dimension: Dimension): string {
  switch (dimension) {
    case 'duration':
      return l10n.t('a duration');
    case 'size':
      return l10n.t('a number of bytes');
    case 'rate':
      return l10n.t('a bandwidth');
    case 'share':
      return l10n.t('a percentage');
    case 'number':
      return l10n.t('a number without a unit');
  }
}

function pieces(dimension: Dimension): string {
  switch (dimension) {
    case 'duration':
      return l10n.t('microseconds');
    case 'size':
      return l10n.t('bytes');
    case 'rate':
      return l10n.t('bits per second');
    case 'share':
      return l10n.t('millionths');
    case 'number':
      return l10n.t('pieces');
  }
}

function show(dimension: Dimension, value: number): string {
  switch (dimension) {
    case 'duration':
      return formatDuration(value);
    case 'size':
      return `${value} B`;
    case 'rate':
      return `${value} bit/s`;
    case 'share':
      return `${value / 10_000}%`;
    case 'number':
      return `${value}`;
  }
}
