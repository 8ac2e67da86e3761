import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mermaidLabel } from '../../../extension/trace/diagram/escape.ts';
import { foldRows } from '../../../extension/trace/diagram/fold.ts';
import { mermaidText } from '../../../extension/trace/diagram/mermaid-text.ts';
import { buildRows } from '../../../extension/trace/diagram/rows.ts';
import { Trace } from '../../../extension/trace/trace.ts';
import { keepaliveTimeout, silentPowerLoss } from '../../support/panel-traces.ts';

test('a handshake and a power loss as Mermaid text', () => {
  const trace = new Trace(silentPowerLoss());
  const { all, stretches } = buildRows(trace);
  expect(mermaidText(trace, foldRows(all, stretches, new Set()), { times: true }).text).toBe(`sequenceDiagram
  participant h0 as client
  participant h1 as server
  Note over h1: 0.000 s  web listens on 80
  Note over h0: 0.010 s  app connects to server:80 as conn
  h0->>h1: 0.010 s  SYN<br/>seq 0
  Note left of h0: SYN_SENT
  Note right of h1: SYN_RECEIVED
  h1->>h0: 0.015 s  SYN, ACK<br/>seq 0 · ack 1
  Note left of h0: ESTABLISHED
  h0->>h1: 0.020 s  ACK<br/>seq 1 · ack 1
  Note right of h1: ESTABLISHED
  Note over h1: 1.000 s  server loses power
  Note over h0,h1: 1.000 s  … 30 d, nothing is sent …
  Note over h0,h1: 30 d  end of the run
`);
});

test('a lost segment ends in a cross', () => {
  const trace = new Trace(keepaliveTimeout());
  const { all } = buildRows(trace);
  const { text } = mermaidText(trace, all);
  expect(text.match(/h0--xh1:/g)).toHaveLength(10);
});

test('statements tell which line each drawing belongs to', () => {
  const trace = new Trace(silentPowerLoss());
  const { all } = buildRows(trace);
  const { statements, text } = mermaidText(trace, all);
  const drawn = text
    .split('\n')
    .slice(3)
    .filter((line) => line !== '');
  expect(statements).toHaveLength(drawn.length);
  for (const [i, { part }] of statements.entries())
    expect(drawn[i]!.includes('Note over') ? 'note' : drawn[i]!.includes('Note ') ? 'state' : 'message').toBe(part);
});

test('hostile characters become entities, and nothing of Mermaid or HTML is left', () => {
  expect(mermaidLabel('a;b#c<d>"e"%%{init}%%')).toBe('a#59;b#35;c#60;d#62;#34;e#34;#37;#37;#123;init#125;#37;#37;');
  expect(mermaidLabel('one\ntwo\u202Ethree')).toBe('one two three');
  expect(mermaidLabel('$$x$$')).toBe('#36;#36;x#36;#36;');
  expect(mermaidLabel('style: x')).toBe('style#58; x');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (name) => {
      expect(mermaidLabel(name).replace(/#\d+;/g, '')).not.toMatch(/[<>#;%"&$`\\{}\n\r@[\]]/);
    }),
  );
});

test('a long name is cut, not the drawing', () => {
  expect(Array.from(mermaidLabel('x'.repeat(500)))).toHaveLength(60);
});
