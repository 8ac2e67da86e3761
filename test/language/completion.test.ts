import { expect, it } from 'vitest';
import { at, lsp, open } from './editor.ts';
import { withBase } from './support.ts';

async function complete(marked: string): Promise<string[]> {
  const { document, position, uri } = await open(marked);
  const list = await lsp.CompletionProvider?.getCompletion(document, at(uri, position));
  return (list?.items ?? []).map(({ label }) => label);
}

const MORE = `let rtt = 10ms
nat box on wire
firewall wall on wire
router edge on wire
part dies { at 1s server loses power as fault }
variant "one" { at 2s app sends 1 B on conn as send }
`;

it.each<[line: string, offered: string[], absent: string[]]>([
  ['<|>', ['at', 'expect', 'host', 'scenario', 'variant', 'app'], ['between', 'client']],
  ['at 1s <|>', ['client', 'server', 'wire', 'app', 'web'], ['conn', 'rtt', 'expect', 'scenario']],
  ['at 1s server <|>', ['loses', 'boots', 'freezes', 'shuts', 'reboots'], ['is', 'sends', 'killed']],
  ['at 1s web forks <|>', ['web', 'app'], ['conn', 'server']],
  ['at 1s web <|>', ['is', 'exits', 'forks', 'listens', 'sends', 'closes'], ['loses', 'boots', 'freezes']],
  ['at 1s wire is <|>', ['cut', 'restored'], []],
  ['at 1s app connects to <|>', ['client', 'server'], ['app', 'wire']],
  ['at 1s app sends 1 B on <|>', ['conn'], ['client', 'app']],
  ['at 1s app sets <|>', ['SO_KEEPALIVE', 'TCP_USER_TIMEOUT'], ['tcp_retries2']],
  ['at 1s wire is cut from <|>', ['client', 'server'], ['wire']],
  ['at 1s wire <|>', ['is', 'drops', 'duplicates', 'delays'], ['loses', 'sends']],
  ['at 1s app <|>', ['sends'], ['drops', 'delays']],
  ['at 1s wire drops the <|>', ['next'], ['from']],
  ['at 1s wire drops the next <|>', ['SYN-ACK', 'data segments'], ['client']],
  ['at 1s wire drops every RTO <|>', ['retransmission'], ['segment']],
  ['at 1s wire drops the next 2 data segments <|>', ['from', 'until'], ['at']],
  ['at 1s wire drops the next 2 data segments from <|>', ['client', 'server'], ['wire']],
  ['at 1s edge <|>', ['reports', 'forwards'], ['loses', 'is']],
  ['at 1s edge reports <|>', ['host unreachable', 'port unreachable'], ['RST', 'client']],
  ['at 1s edge reports host <|>', ['unreachable', 'prohibited'], ['host unreachable']],
  ['at 1s edge reports host unreachable for <|>', ['client', 'server'], ['wire']],
  ['at 1s wall rejects <|>', ['SYNs', 'data segments'], ['client']],
  ['at 1s wall rejects SYNs with <|>', ['RST', 'port unreachable'], ['client']],
  ['at 1s box forgets <|>', ['conn', 'everything'], ['client']],
  ['at 1s client loses <|>', ['power', 'carrier', 'the'], ['conn']],
  ['at 1s client loses the route to <|>', ['client', 'server'], ['wire']],
  ['at 1s wire is cut between <|>', ['client', 'server', 'edge', 'wall'], ['wire']],
  ['router gate on <|>', ['wire'], ['client']],
  ['router gate on wire { <|>', ['mtu', 'reports', 'stands'], ['expect']],
  ['router gate on wire { reports TOS <|>', ['host unreachable', 'net unreachable'], ['expect']],
  ['nat gate on wire { <|>', ['forgets', 'stands', 'resets'], ['expect']],
  ['at 1s wire delays the next ACK by <|>', ['rtt'], ['fault']],
  ['link other between client and server { <|>', ['delay', 'bandwidth', 'queue', 'loss', 'mtu'], ['expect', 'sysctl']],
  ['at 1s wire has <|>', ['delay', 'jitter', 'reordering'], ['hz', 'address']],
  ['loss 1% <|>', ['from', 'on'], ['at']],
  ['at <|>', ['fault', 'send', 'rtt'], ['client']],
  ['at 3s after <|>', ['fault', 'send'], ['client']],
  ['sysctl <|>', ['tcp_rmem', 'rmem_max', 'tcp_retries2', 'tcp_keepalive_time'], ['SO_KEEPALIVE']],
  ['sysctl tcp_congestion_control = <|>', ['reno', 'cubic'], ['web']],
  ['sysctl tcp_sack = 1 on <|>', ['client', 'server'], ['web']],
  ['let x = rtt * <|>', ['rtt'], ['fault']],
  ['at 1s app sends 1 B on conn with <|>', ['MSG_MORE', 'MSG_NOSIGNAL'], ['backlog']],
  ['host other { <|>', ['address', 'kernel', 'hz', 'timers', 'sysctl'], ['expect']],
  ['variant "x" uses <|>', ['dies'], ['fault']],
  ['variant "x" extends "<|>', ['one'], ['dies']],
  ['variant "x" {\n  expect <|>', ['conn', 'client', 'app', 'no', 'at'], ['wire']],
  ['expect conn <|>', ['on'], ['sends', 'gives']],
  ['expect conn on client is <|>', ['ESTABLISHED', 'gone'], ['ETIMEDOUT']],
  ['expect conn on client fails with <|>', ['ETIMEDOUT', 'ECONNRESET'], ['ESTABLISHED']],
  ['expect conn on client is gone <|>', ['at', 'within', 'between', 'before', 'after'], ['app', 'expect']],
  ['expect no <|>', ['segment', 'RTO retransmissions', 'SYN-ACK'], ['ETIMEDOUT']],
  ['expect 3 RTO <|>', ['retransmission', 'retransmissions'], ['segment', 'RTO retransmissions']],
  ['expect no segment after <|>', ['fault', 'last', 'client', 'conn', 'app'], ['wire']],
  ['expect client sends FIN before <|>', ['fault', 'rtt', 'last', 'server', 'conn', 'web'], ['wire']],
  ['expect client sends FIN before server <|>', ['sends'], ['on', 'loses']],
  ['expect client sends FIN before server sends <|>', ['FIN', 'RTO retransmission'], ['ETIMEDOUT']],
  ['expect client sends FIN before conn on server <|>', ['becomes', 'reads', 'fails'], []],
  ['expect no segment between 1s and <|>', ['fault', 'just', 'last'], ['client']],
  ['expect no segment between 1s and just before <|>', ['fault', 'last'], ['client']],
  ["expect app's <|>", ['send', 'connect'], ['closes']],
  ['expect 2 data segments are <|>', ['lost', 'duplicated'], ['at']],
  ['expect no FIN is lost on <|>', ['wire'], ['client']],
  ['run <|>', ['until'], ['at']],
  ['# at 1s <|>', [], ['client']],
  ['question "what <|>', [], ['client']],
])('%s', async (line, offered, absent) => {
  const labels = await complete(withBase(MORE + line));
  expect(labels).toEqual(expect.arrayContaining(offered));
  expect(labels.filter((label) => absent.includes(label))).toEqual([]);
});

it('works below broken lines', async () => {
  expect(await complete(withBase('at 1s web explodes {\nexpect conn on <|>'))).toEqual(['client', 'server']);
});

it('replaces the word that has been begun', async () => {
  const { document, position, uri } = await open(withBase('expect conn on client is ESTA<|>'));
  const list = await lsp.CompletionProvider?.getCompletion(document, at(uri, position));
  const item = list?.items.find(({ label }) => label === 'ESTABLISHED');
  expect(item?.textEdit).toEqual({
    range: { start: { line: 8, character: 25 }, end: { line: 8, character: 29 } },
    newText: 'ESTABLISHED',
  });
});

it('every name of a kind is offered once', async () => {
  const labels = await complete(withBase('at 1s <|>'));
  expect(labels).toEqual([...new Set(labels)]);
});
