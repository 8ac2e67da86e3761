/** What the secrets of later boots differ by: all namespaces have the machine's, so the cable adds it (native/secrets.c). */
import { Secrets } from '../../extension/engine/host/secrets.ts';
import type { RunPlan } from '../../extension/scenario/plan.ts';

/**
 * By the ports of the connection that is opened from a port of its own: only there does it matter what was before. Numbers of the other
 * connections are a matter of chance.
 */
export function secretLines(plan: RunPlan): string[] {
  return plan.hosts.flatMap(({ name, address }) => {
    const boots = plan.actions.filter((action) => action.kind === 'host-boot' && action.host === name).length;
    const own = plan.processes.filter(({ host }) => host === name).map((process) => process.name);
    const opened = plan.actions.find((action) => action.kind === 'connect' && own.includes(action.process));
    if (opened?.kind !== 'connect' || opened.localPort === undefined) return [];
    const { localPort, port } = opened;
    const peer = plan.hosts.find((host) => host.name === opened.host);
    if (peer === undefined) return [];
    const remote = { address: peer.address, port, place: 0 };
    const numbers = (boot: number): readonly [number, number] => {
      const secrets = new Secrets(plan.seed + boot, address);
      return [secrets.initialSequence(localPort, remote, 0), secrets.timestampOffset(localPort, remote)];
    };
    const first = numbers(0);
    return Array.from({ length: boots }, (_, i) => {
      const shifts = numbers(i + 1).map((number, j) => (number - (first[j] ?? 0)) >>> 0);
      return `secrets ${name} ${i + 1} ${shifts.join(' ')}`;
    });
  });
}
