import { expect, it } from 'vitest';
import { PROBLEM_CODES } from '../../extension/language/problems/codes.ts';
import { parseScenarios } from '../../extension/language/parse.ts';
import { MAX_TIME_SETTING } from '../../extension/editor/setting-names.ts';
import manifestTexts from '../../package.nls.json' with { type: 'json' };
import { BASE, problemsOf, unmark, withBase } from './support.ts';

const newFromTemplate = manifestTexts['command.newFromTemplate'];

/** Lines after the base, with the «place» of their one problem. */
const cases: readonly [code: keyof typeof PROBLEM_CODES, lines: string][] = [
  ['TCPSCN001', 'at 1s web «dies»'],
  ['TCPSCN002', 'question «"What»'],
  ['TCPSCN003', 'let a = 1s  «let b = a»\nrun until b'],
  ['TCPSCN005', `run until ${'('.repeat(60)}«(»1s${')'.repeat(61)}`],
  ['TCPSCN006', 'host «link»'],
  ['TCPSCN007', 'part x {\n  at 1s web is killed\n«variant» "x" uses x {\n}'],
  ['TCPSCN010', 'at 1s «srver» loses power'],
  ['TCPSCN010', 'at 1s «web» loses power'],
  ['TCPSCN010', 'at 1s app closes «con»'],
  ['TCPSCN010', 'expect no segment after «falt»'],
  ['TCPSCN010', 'run until «forever»'],
  ['TCPSCN010', 'variant "x" uses «dies»'],
  [
    'TCPSCN011',
    'variant "a" {\n  at 1s web is killed as fault\n}\nvariant "b" {\n  expect no segment after «fault»\n}',
  ],
  ['TCPSCN012', 'host «client»'],
  ['TCPSCN012', 'link «wire» between client and server'],
  ['TCPSCN012', 'process «app» on server'],
  ['TCPSCN012', 'at 1s app connects to server:80 as «conn»'],
  ['TCPSCN012', 'at 1s app closes conn as x\nafter 1s web closes conn as «x»'],
  ['TCPSCN012', 'variant "a"\nvariant «"a"»'],
  ['TCPSCN012', 'part a { }\npart «a» { }\nvariant "a" uses a'],
  ['TCPSCN012', 'let a = 1s\nlet «a» = 2s\nrun until a'],
  ['TCPSCN013', '«let a = b»\nlet b = a\nrun until a'],
  ['TCPSCN014', 'variant "a" extends "b"\nvariant "b" extends «"a"»'],
  ['TCPSCN015', 'variant "a" extends «"c"»\nvariant "b"'],
  ['TCPSCN016', 'let «unused» = 1s'],
  ['TCPSCN016', 'host «lonely»'],
  ['TCPSCN017', 'question "a"\n«question "b"»'],
  ['TCPSCN017', 'variant "a" {\n  «title zh-cn "b"»\n}'],
  ['TCPSCN020', 'at «5» app closes conn'],
  ['TCPSCN020', 'at 1s app sends «100» on conn'],
  ['TCPSCN020', 'at «1» app closes conn'],
  ['TCPSCN021', 'at «5sec» app closes conn'],
  ['TCPSCN021', 'at «5 minutes» app closes conn'],
  ['TCPSCN022', 'at «5 KB» app closes conn'],
  ['TCPSCN022', 'at 1s app sends «100ms» on conn'],
  ['TCPSCN022', 'sysctl tcp_retries2 = «8s» on client'],
  ['TCPSCN020', 'sysctl tcp_fin_timeout = «60» on client'],
  ['TCPSCN023', 'delay «0.5us» on wire'],
  ['TCPSCN023', 'let rtt = 333.333ms\ndelay «rtt / 2» on wire'],
  ['TCPSCN023', 'sysctl tcp_fin_timeout = «1500ms» on client'],
  ['TCPSCN024', 'at «-1s» app closes conn'],
  ['TCPSCN024', 'process other on server\nat 1s other listens on «70000»'],
  ['TCPSCN024', 'at 1s app sends «0 B» on conn'],
  ['TCPSCN024', `run until «${'9'.repeat(100)}s»`],
  ['TCPSCN024', 'run until «999999999999d»'],
  ['TCPSCN025', 'run until 1s / «0»'],
  ['TCPSCN025', 'run until 1s + «1 B»'],
  ['TCPSCN025', 'run until 1s * «2s»'],
  ['TCPSCN025', 'at 1s app closes conn as x\nexpect no segment after 1s + «x»'],
  ['TCPSCN030', 'sysctl «tcp_retrys2» = 8 on client'],
  ['TCPSCN030', 'route «initcwind» = 20 on client'],
  ['TCPSCN031', 'route quickack = «2» on client'],
  ['TCPSCN010', 'route to «sever» rto_min = 50ms on client'],
  ['TCPSCN053', 'host other\nroute to «client» rto_min = 50ms on other'],
  ['TCPSCN031', 'sysctl tcp_retries2 = «256» on client'],
  ['TCPSCN031', 'at 1s app sets TCP_KEEPIDLE = «0s» on conn'],
  ['TCPSCN032', 'sysctl «tcp_rto_max_ms» = 60s on client'],
  ['TCPSCN033', 'at 1s app sets «SO_KEEPALIF» on conn'],
  ['TCPSCN034', 'at 1s app sets «TCP_KEEPCNT» on conn'],
  ['TCPSCN035', 'kernel «linux-six» on client'],
  ['TCPSCN036', 'address «10.0.0.300» on client'],
  ['TCPSCN036', 'address 10.0.0.9 on client\n«address 10.0.0.9» on server'],
  ['TCPSCN038', '«sysctl tcp_rmem = 4096 B 6 MiB» on client'],
  ['TCPSCN038', 'sysctl tcp_rmem = 4096 B 128 KiB 6 MiB «7 MiB» on client'],
  ['TCPSCN038', 'sysctl tcp_retries2 = 8 «9» on client'],
  ['TCPSCN020', 'sysctl tcp_rmem = 4096 B «131072» 6 MiB on client'],
  ['TCPSCN031', 'sysctl tcp_rmem = «4095 B» 128 KiB 6 MiB on client'],
  ['TCPSCN031', 'sysctl tcp_wmem = 1 B 16 KiB «2048 MiB» on client'],
  ['TCPSCN010', 'sysctl tcp_rmem = 4096 B «enough» 6 MiB on client'],
  ['TCPSCN031', '«at 1s app sets SO_RCVBUF = 1 MiB on conn»'],
  ['TCPSCN031', 'sysctl wmem_max = 8 KiB on server\nweb «uses SO_SNDBUF = 9 KiB»'],
  ['TCPSCN031', 'at 1s app sets SO_RCVBUF = «1024 MiB» on conn'],
  ['TCPSCN039', 'sysctl tcp_congestion_control = «vegas» on client'],
  ['TCPSCN039', 'sysctl tcp_congestion_control = «1» on client'],
  ['TCPSCN040', 'at 2s app sends 1 B on conn\n«at 1s» app sends 1 B on conn'],
  ['TCPSCN041', 'variant "a" {\n  «after 1s» app closes conn\n}'],
  ['TCPSCN042', 'variant "a" {\n  «every 1s until 5s» app sends 1 B on conn\n}'],
  [
    'TCPSCN043',
    'when conn on client is CLOSE_WAIT app closes conn as x\nevery 1s from «x» until 9s app sends 1 B on conn',
  ],
  ['TCPSCN044', 'run until 1s\n«at 2s» app closes conn'],
  ['TCPSCN045', '«at 500d» app closes conn'],
  ['TCPSCN045', 'run until «401d»'],
  ['TCPSCN050', 'at 1s web is killed\n«at 2s web closes conn»'],
  ['TCPSCN050', 'at 1s server loses power, back after 1s\n«at 3s web closes conn»'],
  ['TCPSCN051', 'at 1s server loses power\n«at 2s web closes conn»'],
  ['TCPSCN051', 'at 1s server loses power\n«at 2s server shuts down»'],
  ['TCPSCN052', '«at 1s server boots»'],
  ['TCPSCN052', '«at 1s web starts»'],
  ['TCPSCN053', 'host other\nat 1s app connects to «other»:80 as c2'],
  ['TCPSCN054', 'link loop between client and «client»'],
  ['TCPSCN055', 'process other on client\nat 1s «other» closes conn'],
  ['TCPSCN056', 'host other\nlink w2 between other and client\nexpect conn on «other» is ESTABLISHED at 1s'],
  ['TCPSCN056', 'host other\nlink w2 between other and client\nat 1s wire is cut from «other»'],
  ['TCPSCN050', 'process worker on server\n«at 1s worker closes conn»\nat 2s web forks worker'],
  ['TCPSCN052', 'process worker on server\nat 1s web forks worker\n«at 2s web forks worker»'],
  ['TCPSCN055', 'process worker on server\nat 1s «worker» closes conn'],
  ['TCPSCN082', "expect app's poll on conn reports IN «HUPS»"],
  ['TCPSCN082', "expect app's «send» on conn reports IN"],
  ['TCPSCN070', 'app «reconnects after 1s»'],
  ['TCPSCN070', 'web «uses SO_RCVTIMEO = 5s»'],
  ['TCPSCN080', 'at 1s web forks «web»'],
  ['TCPSCN080', 'at 1s web forks «app»'],
  ['TCPSCN081', 'at 1s server freezes\n«at 2s web closes conn»'],
  ['TCPSCN081', 'at 1s server freezes\n«at 2s server shuts down»'],
  ['TCPSCN081', '«at 1s server resumes»'],
  ['TCPSCN057', 'part early { at 5ms app closes «conn» }\nvariant "a" uses early'],
  [
    'TCPSCN056',
    'host other\nlink side between client and other\nat 1s wire drops the next FIN from «other»\nat 2s side is cut',
  ],
  ['TCPSCN058', 'at 5s wire drops every ACK until «3s»'],
  ['TCPSCN059', 'at 5s wire drops «SYN» 3 from client'],
  ['TCPSCN062', 'at 5s wire drops the next «retransmision»'],
  ['TCPSCN020', 'at 5s wire delays the next FIN by «3»'],
  ['TCPSCN024', 'at 5s wire drops the next «0» FINs'],
  ['TCPSCN037', '«link wire2 between server and client»'],
  ['TCPSCN020', 'queue «100» on wire'],
  ['TCPSCN020', 'bandwidth «10» on wire'],
  ['TCPSCN021', 'bandwidth «10Mbps» on wire'],
  ['TCPSCN022', 'bandwidth «10 MB» on wire'],
  ['TCPSCN024', 'seed 1\nloss «101%» on wire'],
  ['TCPSCN024', 'mtu «20 B» on wire'],
  ['TCPSCN024', 'router edge on wire { mtu «551 B» }'],
  ['TCPSCN024', 'router edge on wire\nat 5s wire has mtu «300 B»'],
  ['TCPSCN091', 'router edge on wire { reports «fragmentation needed» }'],
  ['TCPSCN023', 'seed 1\nloss «0.00001%» on wire'],
  [
    'TCPSCN056',
    'host other\nlink side between client and other\nat 2s side is cut\nseed 1\nloss 1% from «other» on wire',
  ],
  ['TCPSCN071', '«loss 1%» on wire'],
  ['TCPSCN071', 'at 5s wire has «jitter 2ms»'],
  ['TCPSCN071', 'variant "a" {\n  «reordering 1% by 5ms» on wire\n}'],
  ['TCPSCN060', 'expect conn on client is «ESTABLISED» at 1s'],
  ['TCPSCN060', 'when conn on client is «CLOSE_WAITING» app closes conn'],
  ['TCPSCN061', 'expect conn on client fails with «ETIMEOUT»'],
  ['TCPSCN062', 'expect 3 «keepalive prods» from client'],
  ['TCPSCN063', "expect app's «write» on conn fails with EPIPE"],
  ['TCPSCN064', 'run until 1s\nexpect conn on client is ESTABLISHED «at 2s»'],
  ['TCPSCN064', 'run until 2s\nat 1s web is killed as fault\nexpect no segment «between fault and 2s after fault»'],
  ['TCPSCN065', 'expect no segment after «last segment received»'],
  ['TCPSCN065', 'expect 1 keepalive probe at «7200s after last segment received»'],
  ['TCPSCN066', 'expect no segment «between 2s and just before 2s»'],
  ['TCPSCN067', 'expect client sends FIN before «conn on server is CLOSE_WAIT»'],
  ['TCPSCN067', 'expect client sends FIN after «conn on server reads 5 B»'],
  ['TCPSCN067', 'expect client sends FIN after «conn on server never fails»'],
  ['TCPSCN010', 'expect client sends FIN before «srver» sends FIN'],
  ['TCPSCN062', 'expect client sends FIN before server sends «FINN»'],
  ['TCPSCN066', 'expect no segment «between 2s and 1s»'],
  ['TCPSCN090', 'router edge on wire {\n  «forgets after 300s»\n}'],
  ['TCPSCN090', 'firewall wall on wire {\n  «mtu 1400 B»\n}'],
  ['TCPSCN090', 'nat box on wire\nat 1s box «forwards again»'],
  ['TCPSCN091', 'router edge on wire { reports «host unreachabel» }'],
  ['TCPSCN091', 'firewall wall on wire\nat 1s wall rejects SYNs with «FIN»'],
  ['TCPSCN092', 'router edge on wire\nat 1s wire is cut between «client» and server'],
  ['TCPSCN093', 'shared segment on wire\nrouter edge on «wire»'],
  ['TCPSCN010', 'router edge on «wyre»'],
  ['TCPSCN012', 'router edge on wire\nfirewall «edge» on wire'],
  ['TCPSCN024', 'router edge on wire { stands «6ms» from client }'],
  ['TCPSCN053', 'host other\nat 1s other loses the route to «client»'],
  ['TCPSCN056', 'host other\nat 1s other loses carrier on «wire»'],
  ['TCPSCN056', 'host other\nfirewall wall on wire { drops SYNs from «other» }'],
  ['TCPSCN058', 'firewall wall on wire\nat 2s wall drops SYNs until «1s»'],
  ['TCPSCN062', 'nat box on wire { «drops unknown SYNs» }'],
  ['TCPSCN070', '«every 1s from 1s app sends 1 B on conn»'],
  ['TCPSCN070', '«at 1s app sends heartbeats of 16 B on conn every 30s, gives up after 3 misses»'],
  ['TCPSCN070', '«at 1s app sets SO_KEEPALIVE on conn»'],
  ['TCPSCN070', '«at 1s app sets SO_KEEPALIVE on conn»\nat 2s wire is cut\nat 3s wire is restored'],
];

it.each(cases)('%s  %s', (code, lines) => {
  const { text, marks } = unmark(withBase(lines));
  expect(problemsOf(text)).toEqual(marks.map((mark) => `${mark} ${code}`));
});

it('TCPSCN004  a statement before the first scenario', () => {
  expect(problemsOf('host a\nhost b\n')).toEqual(['1:1-6 TCPSCN004']);
});

it.each(['', '\n\n', '# nothing but a comment\n'])('TCPSCN008  a file without a scenario: %j', (text) => {
  const { problems, scenarios } = parseScenarios(text);
  expect(scenarios).toEqual([]);
  expect(problems.map(({ code, severity }) => [code, severity])).toEqual([['TCPSCN008', 'information']]);
  expect(problems[0]?.message).toContain('`scenario "…"`');
  expect(problems[0]?.message).toContain(newFromTemplate);
});

it('a time beyond the limit names the setting that holds it', () => {
  const [problem] = parseScenarios(withBase('at 500d app closes conn')).problems;
  expect([problem?.severity, problem?.message]).toEqual([
    'warning',
    `A run is stopped at 400d of virtual time, unless the setting ${MAX_TIME_SETTING} says otherwise; this would be at 500d.`,
  ]);
});

it('two links between the same hosts: names both and shows the first', () => {
  const { problems, scenarios } = parseScenarios(withBase('variant "a" {\n  link wire2 between server and client\n}'));
  const [problem] = problems;
  expect(problem?.message).toMatch(/“wire2”.*“wire” \(line 4\)/);
  expect(problem?.related).toEqual({
    message: '“wire” joins them already.',
    range: { start: { line: 3, character: 0 }, end: { line: 3, character: 35 } },
  });
  expect(scenarios[0]?.runs).toEqual([]);
});

it('a fix for chance without a seed: the line that is missing, below the heading', () => {
  expect(parseScenarios(withBase('loss 1% on wire')).problems[0]?.data).toEqual({ insertion: 'seed 1', line: 1 });
});

it('every code has a case', () => {
  const covered = new Set([...cases.map(([code]) => code), 'TCPSCN004', 'TCPSCN008']);
  expect(Object.keys(PROBLEM_CODES).filter((code) => !covered.has(code))).toEqual([]);
});

it.each([
  ['at 1s srver loses power', 'server'],
  ['at 5sec app closes conn', '5s'],
  ['sysctl tcp_retrys2 = 8 on client', 'tcp_retries2'],
  ['expect conn on client fails with ETIMEOUT', 'ETIMEDOUT'],
  ['expect 3 keepalive prbes from client', 'keepalive probes'],
  ['at 0 app closes conn', '0s'],
])('a fix for: %s', (line, replacement) => {
  expect(parseScenarios(withBase(line)).problems[0]?.data).toEqual({ replacement });
});

it('says which kind of thing would fit', () => {
  const [problem] = parseScenarios(withBase('at 1s web loses power')).problems;
  expect(problem?.message).toBe('“web” is a process; a host belongs here.');
});

it('what is wrong in the body is said once, however many variants there are', () => {
  const variants = ['a', 'b', 'c'].map((name) => `variant "${name}"`).join('\n');
  expect(problemsOf(withBase(`at 5 app closes conn\n${variants}`))).toHaveLength(1);
});

it.each([
  ['keepalive, and the peer loses power', 'at 1s app sets SO_KEEPALIVE on conn\nat 2s server loses power'],
  ['keepalive, and the cable stays cut', 'at 1s app sets SO_KEEPALIVE on conn\nat 2s wire is cut'],
  ['a bounded repetition', 'every 1s from 1s until 5s app sends 1 B on conn'],
  ['a dead process that starts again', 'at 1s web is killed\nat 2s web starts\nat 3s web listens on 80'],
  ['a host that boots', 'at 1s server loses power\nat 2s server boots\nat 3s web starts\nat 3s web listens on 80'],
  ['who may be dead by then', 'when conn on client is CLOSE_WAIT app exits\nat 9s app sends 1 B on conn'],
  [
    'moments of variants in the body',
    'expect no segment after fault\nvariant "a" { at 1s server loses power as fault }',
  ],
])('nothing is wrong with: %s', (_, lines) => {
  expect(problemsOf(withBase(lines))).toEqual([]);
});

it('names of different kinds may be the same', () => {
  expect(problemsOf(BASE.replaceAll('web', 'server').replaceAll('app', 'client'))).toEqual([]);
});
