/** Words of a packetdrill script. */
import { createToken, Lexer } from 'chevrotain';

const skip = (name: string, pattern: RegExp): ReturnType<typeof createToken> =>
  createToken({ name, pattern, group: Lexer.SKIPPED, line_breaks: true });

const Space = skip('Space', /[ \t\r\n]+/);
const LineComment = skip('LineComment', /\/\/[^\n]*/);
const BlockComment = skip('BlockComment', /\/\*[\s\S]*?\*\//);

export const Code = createToken({ name: 'Code', pattern: /%\{[\s\S]*?\}%/, line_breaks: true, label: '%{ code }%' });
export const Command = createToken({
  name: 'Command',
  pattern: /`(?:\\[\s\S]|[^`\\])*`/,
  line_breaks: true,
  label: '`command`',
});
export const Text = createToken({ name: 'Text', pattern: /"(?:\\[\s\S]|[^"\\])*"/, line_breaks: true, label: 'text' });
/** `--name=value` up to the next space, or `--name`. */
export const Option = createToken({ name: 'Option', pattern: /--[a-zA-Z0-9_]+(?:=\S*)?/, label: '--option' });
export const Address = createToken({ name: 'Address', pattern: /\d+\.\d+\.\d+\.\d+/, label: 'an IPv4 address' });
export const Ellipsis = createToken({ name: 'Ellipsis', pattern: /\.\.\./, label: '...' });
export const Decimal = createToken({ name: 'Decimal', pattern: /-?\d*\.\d+/, label: 'a number' });
export const Hex = createToken({ name: 'Hex', pattern: /0x[0-9a-fA-F]+/, label: 'a number' });
/** Letters before digits, digits before letters: all of it is one word where letters are. */
export const Word = createToken({ name: 'Word', pattern: /\d*[a-zA-Z_][a-zA-Z0-9_]*/, label: 'a word' });
export const Whole = createToken({ name: 'Whole', pattern: /-?\d+/, label: 'a whole number' });

const sign = (name: string, text: string): ReturnType<typeof createToken> =>
  createToken({ name, pattern: text, label: `"${text}"` });

export const Plus = sign('Plus', '+');
export const Minus = sign('Minus', '-');
export const Star = sign('Star', '*');
export const Tilde = sign('Tilde', '~');
export const In = sign('In', '<');
export const Out = sign('Out', '>');
export const Dot = sign('Dot', '.');
export const Colon = sign('Colon', ':');
export const Comma = sign('Comma', ',');
export const Equals = sign('Equals', '=');
export const Bar = sign('Bar', '|');
export const LeftRound = sign('LeftRound', '(');
export const RightRound = sign('RightRound', ')');
export const LeftSquare = sign('LeftSquare', '[');
export const RightSquare = sign('RightSquare', ']');
export const LeftCurly = sign('LeftCurly', '{');
export const RightCurly = sign('RightCurly', '}');

/** The first that fits is taken. */
export const TOKENS = [
  Space,
  LineComment,
  BlockComment,
  Code,
  Command,
  Text,
  Option,
  Ellipsis,
  Address,
  Decimal,
  Hex,
  Word,
  Whole,
  Plus,
  Minus,
  Star,
  Tilde,
  In,
  Out,
  Dot,
  Colon,
  Comma,
  Equals,
  Bar,
  LeftRound,
  RightRound,
  LeftSquare,
  RightSquare,
  LeftCurly,
  RightCurly,
];

export const scriptLexer = new Lexer(TOKENS);
