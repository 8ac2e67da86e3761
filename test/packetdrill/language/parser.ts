/** Reads a script: the grammar of packetdrill's language, as far as its scripts about TCP over IPv4 use it. */
import type { IToken } from 'chevrotain';
import { EmbeddedActionsParser, EOF } from 'chevrotain';
import { fail } from './problem.ts';
import type { Expression, IcmpAction, OptionText, PacketAction, Script, ScriptEvent, When } from './script.ts';
import * as t from './tokens.ts';

const SECOND = 1_000_000;

class ScriptParser extends EmbeddedActionsParser {
  constructor() {
    super(t.TOKENS, { recoveryEnabled: false, maxLookahead: 3 });
    this.performSelfAnalysis();
  }

  readonly script = this.RULE('script', (): Script => {
    const options: Script['options'][number][] = [];
    const events: ScriptEvent[] = [];
    this.MANY(() => options.push(this.SUBRULE(this.scriptOption)));
    this.MANY1(() => events.push(this.SUBRULE(this.event)));
    return { options, events };
  });

  private readonly scriptOption = this.RULE('scriptOption', (): Script['options'][number] => {
    const token = this.CONSUME(t.Option);
    const [name = '', ...value] = token.image.slice(2).split('=');
    return { line: line(token), name, value: value.join('=').replaceAll('"', '') };
  });

  private readonly event = this.RULE('event', (): ScriptEvent => {
    const first = this.LA(1);
    let when: When = { kind: 'now' };
    this.OPTION(() => (when = this.SUBRULE(this.when)));
    type Action = ScriptEvent['action'];
    const action = this.OR([
      { ALT: (): Action => this.SUBRULE(this.packet) },
      { ALT: (): Action => this.SUBRULE(this.call) },
      { ALT: (): Action => ({ kind: 'command', text: this.CONSUME(t.Command).image.slice(1, -1) }) },
      { ALT: (): Action => ({ kind: 'code', text: this.CONSUME(t.Code).image.slice(2, -2) }) },
    ]);
    return { line: line(first), when, action };
  });

  private readonly when = this.RULE('when', (): When => {
    let when: When = { kind: 'any' };
    this.OR([
      { ALT: () => this.CONSUME(t.Star) },
      {
        ALT: () => {
          const relative = this.OPTION(() => this.CONSUME(t.Plus)) !== undefined;
          const from = this.SUBRULE(this.time);
          when = { kind: 'at', relative, from };
          this.OPTION1(() => {
            this.CONSUME(t.Tilde);
            this.OPTION2(() => this.CONSUME1(t.Plus));
            when = { kind: 'between', relative, from, to: this.SUBRULE1(this.time) };
          });
        },
      },
    ]);
    return when;
  });

  private readonly time = this.RULE('time', (): number => {
    const token = this.OR([{ ALT: () => this.CONSUME(t.Decimal) }, { ALT: () => this.CONSUME(t.Whole) }]);
    return Math.round(Number(token.image) * SECOND);
  });

  // ---- packets ----

  private readonly packet = this.RULE('packet', (): PacketAction | IcmpAction => {
    const sign = this.OR([{ ALT: () => this.CONSUME(t.In) }, { ALT: () => this.CONSUME(t.Out) }]);
    const direction = sign.tokenType === t.In ? 'in' : 'out';
    return this.OR1([
      {
        GATE: () => this.LA(1).image === 'icmp',
        ALT: (): PacketAction | IcmpAction => this.SUBRULE(this.icmp, { ARGS: [direction] }),
      },
      { ALT: (): PacketAction | IcmpAction => this.SUBRULE(this.segment, { ARGS: [direction] }) },
    ]);
  });

  /** `icmp unreachable host_unreachable [1:1001(1000)]`. */
  private readonly icmp = this.RULE('icmp', (direction: 'in' | 'out'): IcmpAction => {
    const words: string[] = [];
    let quoted: number | undefined;
    this.AT_LEAST_ONE(() =>
      this.OR([
        { ALT: () => words.push(this.CONSUME(t.Word).image) },
        { ALT: () => words.push(this.CONSUME(t.Whole).image) },
      ]),
    );
    this.OPTION(() => {
      this.CONSUME(t.LeftSquare);
      quoted = this.SUBRULE(this.sequence).seq;
      this.CONSUME(t.RightSquare);
    });
    return { kind: 'icmp', direction, words: words.slice(1), quoted };
  });

  private readonly segment = this.RULE('segment', (direction: 'in' | 'out'): PacketAction => {
    let beyond: string | undefined;
    let ports: PacketAction['ports'];
    let flags = '';
    let numbers = { seq: 0, length: 0 };
    let ack: number | undefined;
    let window: number | undefined;
    let options: readonly OptionText[] | 'any' = [];
    this.OPTION(() => (beyond = this.SUBRULE(this.ipFields)));
    this.OPTION1(() => {
      const from = number(this.CONSUME(t.Whole));
      this.CONSUME1(t.Out);
      ports = { from, to: number(this.CONSUME1(t.Whole)) };
    });
    flags = this.SUBRULE(this.flags);
    this.OPTION2(() => (numbers = this.SUBRULE(this.sequence)));
    this.MANY(() => {
      const what = this.CONSUME(t.Word).image;
      const value = number(this.CONSUME2(t.Whole));
      if (what === 'ack') ack = value;
      else if (what === 'win') window = value;
      else beyond ??= `"${what}" in a packet`;
    });
    this.OPTION3(() => (options = this.SUBRULE(this.options)));
    return {
      kind: 'packet',
      direction,
      ...(ports === undefined ? {} : { ports }),
      flags,
      ...numbers,
      ack,
      window,
      options,
      beyond,
    };
  });

  /** `[ect0]`, `(tos 0x10)`, …: fields of the IP header. */
  private readonly ipFields = this.RULE('ipFields', (): string => {
    const words: string[] = [];
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.LeftSquare);
          this.MANY(() => words.push(this.SUBRULE(this.ipField)));
          this.CONSUME(t.RightSquare);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.LeftRound);
          this.MANY1(() => words.push(this.SUBRULE1(this.ipField)));
          this.CONSUME(t.RightRound);
        },
      },
    ]);
    return `the IP header's "${words.join(' ')}"`;
  });

  private readonly ipField = this.RULE(
    'ipField',
    (): string =>
      this.OR([
        { ALT: () => this.CONSUME(t.Word) },
        { ALT: () => this.CONSUME(t.Whole) },
        { ALT: () => this.CONSUME(t.Hex) },
        { ALT: () => this.CONSUME(t.Comma) },
      ]).image,
  );

  private readonly flags = this.RULE('flags', (): string => {
    let letters = '';
    this.OR([
      { ALT: () => this.CONSUME(t.Minus) },
      { ALT: () => (letters = this.CONSUME(t.Dot).image) },
      {
        ALT: () => {
          letters = this.CONSUME(t.Word).image;
          this.OPTION(() => (letters += this.CONSUME1(t.Dot).image));
        },
      },
    ]);
    return letters;
  });

  private readonly sequence = this.RULE('sequence', (): { seq: number; length: number } => {
    const from = this.CONSUME(t.Whole);
    this.CONSUME(t.Colon);
    const to = number(this.CONSUME1(t.Whole));
    this.CONSUME(t.LeftRound);
    const length = number(this.CONSUME2(t.Whole));
    this.CONSUME(t.RightRound);
    this.ACTION(() => {
      if (to - number(from) !== length)
        fail(`${from.image}:${to} has ${to - number(from)} bytes, not ${length}`, line(from));
    });
    return { seq: number(from), length };
  });

  private readonly options = this.RULE('options', (): readonly OptionText[] | 'any' => {
    let options: OptionText[] | 'any' = 'any';
    this.CONSUME(t.In);
    this.OR([
      { ALT: () => this.CONSUME(t.Ellipsis) },
      {
        ALT: () => {
          const found: OptionText[] = [];
          this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => found.push(this.SUBRULE(this.tcpOption)) });
          options = found;
        },
      },
    ]);
    this.CONSUME(t.Out);
    return options;
  });

  private readonly tcpOption = this.RULE('tcpOption', (): OptionText => {
    const name = this.CONSUME(t.Word).image;
    const values: (number | string)[] = [];
    this.MANY(() =>
      this.OR([
        { ALT: () => values.push(number(this.CONSUME(t.Whole))) },
        { ALT: () => values.push(this.CONSUME1(t.Word).image) },
        { ALT: () => this.CONSUME(t.Colon) },
      ]),
    );
    return { name, values };
  });

  // ---- system calls ----

  private readonly call = this.RULE('call', (): ScriptEvent['action'] => {
    let returnsAt: number | undefined;
    let args: readonly Expression[] = [];
    let errno: string | undefined;
    this.OPTION(() => {
      this.CONSUME(t.Ellipsis);
      returnsAt = this.SUBRULE(this.time);
    });
    const name = this.CONSUME(t.Word).image;
    this.CONSUME(t.LeftRound);
    this.OPTION1(() => (args = this.SUBRULE(this.expressions)));
    this.CONSUME(t.RightRound);
    this.CONSUME(t.Equals);
    const result = this.SUBRULE(this.primary);
    this.OPTION2(() => (errno = this.CONSUME1(t.Word).image));
    this.OPTION3(() => this.SUBRULE(this.note));
    return { kind: 'call', name, args, result, errno, returnsAt };
  });

  /** `(Connection refused)`: for readers. */
  private readonly note = this.RULE('note', (): void => {
    this.CONSUME(t.LeftRound);
    this.MANY(() =>
      this.OR([
        { ALT: () => this.CONSUME(t.Word) },
        { ALT: () => this.CONSUME(t.Whole) },
        { ALT: () => this.CONSUME(t.Bar) },
        { ALT: () => this.CONSUME(t.Comma) },
        { ALT: () => this.CONSUME(t.Minus) },
      ]),
    );
    this.CONSUME(t.RightRound);
  });

  private readonly expressions = this.RULE('expressions', (): readonly Expression[] => {
    const found: Expression[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => found.push(this.SUBRULE(this.expression)) });
    return found;
  });

  /** Terms joined by `|`, or `field = value`. */
  private readonly expression = this.RULE('expression', (): Expression => {
    const terms = [this.SUBRULE(this.primary)];
    let value: Expression | undefined;
    this.MANY(() => {
      this.CONSUME(t.Bar);
      terms.push(this.SUBRULE1(this.primary));
    });
    this.OPTION(() => {
      this.CONSUME(t.Equals);
      value = this.SUBRULE(this.expression);
    });
    const [first = { kind: 'any' }] = terms;
    if (value !== undefined) return { kind: 'field', name: nameOf(first), value };
    return terms.length === 1 ? first : { kind: 'or', terms };
  });

  private readonly primary = this.RULE('primary', (): Expression =>
    this.OR([
      {
        ALT: (): Expression => {
          this.CONSUME(t.Ellipsis);
          return { kind: 'any' };
        },
      },
      { ALT: (): Expression => ({ kind: 'number', value: number(this.CONSUME(t.Whole)) }) },
      { ALT: (): Expression => ({ kind: 'number', value: number(this.CONSUME(t.Hex)) }) },
      { ALT: (): Expression => this.SUBRULE(this.wordOrCall) },
      { ALT: (): Expression => this.SUBRULE(this.text) },
      { ALT: (): Expression => this.SUBRULE(this.list) },
      { ALT: (): Expression => this.SUBRULE(this.struct) },
    ]),
  );

  private readonly wordOrCall = this.RULE('wordOrCall', (): Expression => {
    const word = this.CONSUME(t.Word).image;
    let args: readonly Expression[] | undefined;
    this.OPTION({
      // The result of a call may be followed by a note.
      GATE: () => this.LA(0).tokenType !== t.Word || this.LA(1).tokenType === t.LeftRound,
      DEF: () => {
        this.CONSUME(t.LeftRound);
        args = [];
        this.OPTION1(() => (args = this.SUBRULE(this.expressions)));
        this.CONSUME(t.RightRound);
      },
    });
    return args === undefined ? { kind: 'word', word } : { kind: 'call', name: word, args };
  });

  private readonly text = this.RULE('text', (): Expression => {
    let text = '';
    this.AT_LEAST_ONE(() => (text += this.CONSUME(t.Text).image.slice(1, -1)));
    this.OPTION(() => this.CONSUME(t.Ellipsis));
    return { kind: 'text', text };
  });

  private readonly list = this.RULE('list', (): Expression => {
    let items: readonly Expression[] = [];
    this.CONSUME(t.LeftSquare);
    this.OPTION(() => (items = this.SUBRULE(this.expressions)));
    this.CONSUME(t.RightSquare);
    return { kind: 'list', items };
  });

  private readonly struct = this.RULE('struct', (): Expression => {
    let items: readonly Expression[] = [];
    this.CONSUME(t.LeftCurly);
    this.OPTION(() => (items = this.SUBRULE(this.expressions)));
    this.CONSUME(t.RightCurly);
    return { kind: 'struct', items };
  });
}

const parser = new ScriptParser();

/** Reads a whole script. @throws Problem at the line that is no packetdrill. */
export function parseScript(text: string): Script {
  const { tokens, errors } = t.scriptLexer.tokenize(text);
  const [wrong] = errors;
  if (wrong !== undefined) fail(`"${text.charAt(wrong.offset)}" means nothing here`, wrong.line);
  parser.input = tokens;
  const script = parser.script();
  const [error] = parser.errors;
  if (error === undefined) return script;
  const { token } = error;
  const at = token.tokenType === EOF ? tokens.at(-1) : token;
  const found = token.tokenType === EOF ? 'the script ends' : `"${token.image.slice(0, 40)}" stands`;
  fail(`${found} where it cannot (${error.context.ruleStack.at(-1) ?? 'script'})`, at?.startLine ?? 1);
}

function line(token: IToken): number {
  return token.startLine ?? 0;
}

function number(token: IToken): number {
  return Number(token.image);
}

function nameOf(expression: Expression): string {
  if (expression.kind === 'word') return expression.word;
  return expression.kind === 'call' ? expression.name : '';
}
