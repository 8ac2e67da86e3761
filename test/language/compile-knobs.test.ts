import { expect, it } from 'vitest';
import { parseScenarios } from '../../extension/language/parse.ts';
import { onlyRun, withBase } from './support.ts';

it('a congestion control is written as its name', () => {
  const { hosts } = onlyRun(withBase('sysctl tcp_congestion_control = reno on client'));
  expect(hosts.map(({ sysctls }) => sysctls.tcp_congestion_control)).toEqual([0, undefined]);
});

it('a sysctl with several values is written as the kernel lists them', () => {
  const run = onlyRun(withBase('let most = 16 MiB\nsysctl tcp_rmem = 4096 B (most / 128) most on client'));
  expect(run.hosts[0]?.sysctls).toEqual({ tcp_rmem: [4096, 131_072, 16_777_216] });
  const inBlock = onlyRun(withBase('host other { sysctl tcp_wmem = 4 KiB 16 KiB 4 MiB  hz 250  kernel linux-6.1 }'));
  expect(inBlock.hosts[2]).toMatchObject({ sysctls: { tcp_wmem: [4096, 16_384, 4_194_304] }, hz: 250 });
});

it('a buffer above rmem_max is let through, with the value that would be needed', () => {
  const { problems, scenarios } = parseScenarios(withBase('web uses SO_RCVBUF = 1 MiB'));
  expect(problems.map(({ severity, message }) => [severity, message])).toEqual([
    [
      'warning',
      'SO_RCVBUF asks for more than net.core.rmem_max allows on “server”: the kernel takes 208 KiB and does not say so. To get more: `sysctl rmem_max = 1 MiB on server`.',
    ],
  ]);
  expect(scenarios[0]?.runs).toHaveLength(1);
  expect(parseScenarios(withBase('kernel linux-6.18 on server\nweb uses SO_RCVBUF = 1 MiB')).problems).toEqual([]);
  expect(parseScenarios(withBase('sysctl rmem_max = 1 MiB on server\nweb uses SO_RCVBUF = 1 MiB')).problems).toEqual(
    [],
  );
});
