/**
 * The Python between `%{` and `}%`, as far as scripts need it: assertions over the variables of `tcp_info`, and names for
 * values. Nothing is executed but comparisons and arithmetic.
 */
import type { IToken } from 'chevrotain';
import { createToken, EmbeddedActionsParser, Lexer } from 'chevrotain';
import { fail, unsupported } from './problem.ts';

/** Where names get their values. */
export interface Names {
  /** @throws Problem for a name that has none. */
  get(name: string): number;
  set(name: string, value: number): void;
}

/** Something that has a value once names have theirs. */
type Value = (names: Names) => number;

const End = createToken({ name: 'End', pattern: /[\n;]/, line_breaks: true });
const Skipped = createToken({
  name: 'Skipped',
  pattern: /(?:[ \t\r]|\\\n|#[^\n]*)+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});
const Quoted = createToken({ name: 'Quoted', pattern: /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/ });
const Amount = createToken({ name: 'Amount', pattern: /0x[0-9a-fA-F]+|\d+\.?\d*|\.\d+/ });
const Name = createToken({ name: 'Name', pattern: /[A-Za-z_]\w*/ });
const keyword = (word: string): ReturnType<typeof createToken> =>
  createToken({ name: `Keyword_${word}`, pattern: word, longer_alt: Name });
const [Assert, Print, And, Or, Not] = ['assert', 'print', 'and', 'or', 'not'].map(keyword) as [
  ReturnType<typeof createToken>,
  ReturnType<typeof createToken>,
  ReturnType<typeof createToken>,
  ReturnType<typeof createToken>,
  ReturnType<typeof createToken>,
];
const Comparison = createToken({ name: 'Comparison', pattern: /==|!=|<=|>=|<|>/ });
const Assignment = createToken({ name: 'Assignment', pattern: /[-+*]?=/ });
const Bits = createToken({ name: 'Bits', pattern: /[&|]/ });
const Sum = createToken({ name: 'Sum', pattern: /[-+]/ });
const Product = createToken({ name: 'Product', pattern: /\*|\/\/|\/|%/ });
const Comma = createToken({ name: 'Comma', pattern: ',' });
const Left = createToken({ name: 'Left', pattern: '(' });
const Right = createToken({ name: 'Right', pattern: ')' });

const TOKENS = [
  Skipped,
  End,
  Quoted,
  Amount,
  Assert,
  Print,
  And,
  Or,
  Not,
  Name,
  Comparison,
  Assignment,
  Bits,
  Sum,
  Product,
  Comma,
  Left,
  Right,
];
const lexer = new Lexer(TOKENS);
const MESSAGE_TOKENS = [Quoted, Amount, Name, And, Or, Not, Comparison, Bits, Sum, Product, Comma, Left, Right];

/** One statement, ready to be carried out. */
export interface Statement {
  /** Lines after the first one of the code. */
  readonly line: number;
  /** @throws Problem when an assertion does not hold. */
  run(names: Names): void;
}

class PythonParser extends EmbeddedActionsParser {
  private source = '';

  constructor() {
    super(TOKENS, { recoveryEnabled: false });
    this.performSelfAnalysis();
  }

  read(source: string): Statement[] {
    this.source = source;
    const { tokens, errors } = lexer.tokenize(source);
    this.input = tokens;
    const statements = errors.length > 0 ? [] : this.program();
    if (errors.length > 0 || this.errors.length > 0) {
      const line = errors[0]?.line ?? this.errors[0]?.token.startLine ?? 1;
      unsupported(`Python "${source.split('\n')[line - 1]?.trim() ?? source.trim()}"`);
    }
    return statements;
  }

  private readonly program = this.RULE('program', (): Statement[] => {
    const statements: Statement[] = [];
    this.MANY(() =>
      this.OR([
        { ALT: () => this.CONSUME(End) },
        { ALT: () => statements.push(this.SUBRULE(this.assertion)) },
        { ALT: () => statements.push(this.SUBRULE(this.assignment)) },
        { ALT: () => this.SUBRULE(this.printing) },
      ]),
    );
    return statements;
  });

  private readonly assertion = this.RULE('assertion', (): Statement => {
    const first = this.CONSUME(Assert);
    const condition = this.SUBRULE(this.condition);
    const last = this.LA(0);
    // What would be printed where it fails: the values themselves say it.
    this.OPTION(() => {
      this.CONSUME(Comma);
      this.SUBRULE(this.message);
    });
    const text = this.source.slice(first.endOffset! + 1, last.endOffset! + 1).trim();
    return {
      line: (first.startLine ?? 1) - 1,
      run(names) {
        const used = new Map<string, number>();
        const holds = condition({
          get: (name) => {
            const value = names.get(name);
            used.set(name, value);
            return value;
          },
          set: (name, value) => names.set(name, value),
        });
        if (holds === 0)
          fail(`${text} does not hold: ${[...used].map(([name, value]) => `${name} is ${value}`).join(', ')}`);
      },
    };
  });

  /** What would be printed: not looked at. */
  private readonly message = this.RULE('message', (): void => {
    this.AT_LEAST_ONE(() => this.OR(MESSAGE_TOKENS.map((token, i) => ({ ALT: () => this.consume(i, token) }))));
  });

  private readonly printing = this.RULE('printing', (): void => {
    this.CONSUME(Print);
    this.CONSUME(Left);
    this.SUBRULE(this.message);
  });

  private readonly assignment = this.RULE('assignment', (): Statement => {
    const name = this.CONSUME(Name);
    const operator = this.CONSUME(Assignment).image.slice(0, -1);
    const value = this.SUBRULE(this.condition);
    return {
      line: (name.startLine ?? 1) - 1,
      run(names) {
        const right = value(names);
        names.set(name.image, operator === '' ? right : apply(operator, names.get(name.image), right));
      },
    };
  });

  private readonly condition = this.RULE('condition', (): Value => {
    const either = [this.SUBRULE(this.conjunction)];
    this.MANY(() => {
      this.CONSUME(Or);
      either.push(this.SUBRULE1(this.conjunction));
    });
    return either.length === 1 ? either[0]! : (names) => Number(either.some((each) => each(names) !== 0));
  });

  private readonly conjunction = this.RULE('conjunction', (): Value => {
    const all = [this.SUBRULE(this.negation)];
    this.MANY(() => {
      this.CONSUME(And);
      all.push(this.SUBRULE1(this.negation));
    });
    return all.length === 1 ? all[0]! : (names) => Number(all.every((each) => each(names) !== 0));
  });

  private readonly negation = this.RULE('negation', (): Value => {
    const negated = this.OPTION(() => this.CONSUME(Not)) !== undefined;
    const value = this.SUBRULE(this.comparison);
    return negated ? (names) => Number(value(names) === 0) : value;
  });

  /** `1 <= a <= 2` compares neighbours, as Python does. */
  private readonly comparison = this.RULE('comparison', (): Value => {
    const values = [this.SUBRULE(this.bits)];
    const operators: string[] = [];
    this.MANY(() => {
      operators.push(this.CONSUME(Comparison).image);
      values.push(this.SUBRULE1(this.bits));
    });
    if (operators.length === 0) return values[0]!;
    return (names) => {
      const found = values.map((value) => value(names));
      return Number(operators.every((operator, i) => compare(operator, found[i]!, found[i + 1]!)));
    };
  });

  private readonly bits = this.RULE('bits', (): Value => {
    let value = this.SUBRULE(this.sum);
    this.MANY(() => {
      value = binary(this.CONSUME(Bits), value, this.SUBRULE1(this.sum));
    });
    return value;
  });

  private readonly sum = this.RULE('sum', (): Value => {
    let value = this.SUBRULE(this.product);
    this.MANY(() => {
      value = binary(this.CONSUME(Sum), value, this.SUBRULE1(this.product));
    });
    return value;
  });

  private readonly product = this.RULE('product', (): Value => {
    let value = this.SUBRULE(this.factor);
    this.MANY(() => {
      value = binary(this.CONSUME(Product), value, this.SUBRULE1(this.factor));
    });
    return value;
  });

  private readonly factor = this.RULE('factor', (): Value =>
    this.OR([
      {
        ALT: (): Value => {
          const negative = this.CONSUME(Sum).image === '-';
          const value = this.SUBRULE(this.factor);
          return negative ? (names) => -value(names) : value;
        },
      },
      {
        ALT: (): Value => {
          const amount = Number(this.CONSUME(Amount).image);
          return () => amount;
        },
      },
      {
        ALT: (): Value => {
          const name = this.CONSUME(Name).image;
          return (names) => names.get(name);
        },
      },
      {
        ALT: (): Value => {
          this.CONSUME(Left);
          const value = this.SUBRULE(this.condition);
          this.CONSUME(Right);
          return value;
        },
      },
    ]),
  );
}

const parser = new PythonParser();

/** Reads a piece of code. @throws Problem, 'unsupported', for other Python. */
export function parsePython(source: string): Statement[] {
  return parser.read(source);
}

function binary(operator: IToken, left: Value, right: Value): Value {
  const { image } = operator;
  return (names) => apply(image, left(names), right(names));
}

function apply(operator: string, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '//':
      return Math.floor(left / right);
    case '&':
      return left & right;
    case '|':
      return left | right;
    default:
      return left - right * Math.floor(left / right);
  }
}

function compare(operator: string, left: number, right: number): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}
