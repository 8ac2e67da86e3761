/** Reads the arguments of a script's system call. */
import { fail, unsupported } from '../language/problem.ts';
import type { CallAction, Expression } from '../language/script.ts';

const NUMBERS: Readonly<Record<string, number>> = { SHUT_RD: 0, SHUT_WR: 1, SHUT_RDWR: 2 };

export class Arguments {
  readonly call: CallAction;

  constructor(call: CallAction) {
    this.call = call;
  }

  at(index: number): Expression {
    return this.call.args[index] ?? fail(`${this.call.name} needs an argument ${index + 1}`);
  }

  number(index: number): number {
    return numberIn(this.at(index)) ?? fail(`argument ${index + 1} of ${this.call.name} is no number`);
  }

  word(index: number): string {
    const expression = this.at(index);
    return expression.kind === 'word' ? expression.word : fail(`argument ${index + 1} of ${this.call.name} is no name`);
  }

  /** `O_RDWR|O_NONBLOCK`; 0 is none. */
  words(index: number): readonly string[] {
    return wordsIn(this.at(index)) ?? fail(`argument ${index + 1} of ${this.call.name} is no flag`);
  }

  /** The one value of `[1]`. */
  value(index: number): Expression {
    const list = this.at(index);
    if (list.kind !== 'list') fail(`argument ${index + 1} of ${this.call.name} is written in [ ]`);
    return list.items[0] ?? { kind: 'any' };
  }

  /** Bytes of the buffers of `[{..., 40}, {..., 60}]`. */
  vector(list: Expression): number {
    if (list.kind !== 'list') unsupported(`${this.call.name} with such buffers`);
    return list.items.reduce((sum, item) => {
      const bytes = item.kind === 'struct' ? numberIn(item.items[1] ?? { kind: 'any' }) : undefined;
      return sum + (bytes ?? unsupported(`${this.call.name} with such buffers`));
    }, 0);
  }

  /** A field of a structure, `{fd=4, events=POLLIN}`. */
  field(struct: Expression, name: string): Expression | undefined {
    if (struct.kind !== 'struct') fail(`${this.call.name} takes a structure in { }`);
    const found = struct.items.find((item) => item.kind === 'field' && item.name === name);
    return found?.kind === 'field' ? found.value : undefined;
  }
}

export function numberIn(expression: Expression): number | undefined {
  if (expression.kind === 'number') return expression.value;
  return expression.kind === 'word' ? NUMBERS[expression.word] : undefined;
}

/** Names joined by `|`; none for 0 and for `...`. */
export function wordsIn(expression: Expression): readonly string[] | undefined {
  switch (expression.kind) {
    case 'word':
      return [expression.word];
    case 'or':
      return expression.terms.flatMap((term) => wordsIn(term) ?? []);
    case 'any':
      return [];
    case 'number':
      return expression.value === 0 ? [] : undefined;
    default:
      return undefined;
  }
}
