import type { RunPlan } from '../../scenario/plan.ts';
import { SOCKET_OPTIONS, type SocketOptionDefinition, type SocketOptionName } from '../../scenario/socket-option.ts';
import type { SourceRange } from '../../scenario/source.ts';
import { sysctlValues } from '../../scenario/sysctl.ts';
import { showKnob } from '../compile/knob-value.ts';
import * as messages from '../problems/messages.ts';
import type { ProblemList } from '../problems/problem.ts';

/** Warns of buffers that are larger than their host allows: the kernel cuts them down (`sk_setsockopt`). */
export function checkBufferLimits(plan: RunPlan, problems: ProblemList): void {
  const check = (process: string, option: SocketOptionName, value: number, range: SourceRange): void => {
    const { limit, unit }: SocketOptionDefinition = SOCKET_OPTIONS[option];
    const hostName = plan.processes.find(({ name }) => name === process)?.host;
    const host = plan.hosts.find(({ name }) => name === hostName);
    if (limit === undefined || host === undefined) return;
    const most = sysctlValues(host.sysctls, host.kernel)[limit];
    if (value <= most) return;
    problems.add(messages.bufferLimit(option, limit, showKnob(unit, most), host.name, showKnob(unit, value)), range);
  };
  for (const { name, behaviours } of plan.processes) {
    for (const behaviour of behaviours) {
      if (behaviour.kind === 'uses-option') check(name, behaviour.option, behaviour.value, behaviour.range);
    }
  }
  for (const action of plan.actions) {
    if (action.kind === 'set-option') check(action.process, action.option, action.value, action.range);
  }
}
