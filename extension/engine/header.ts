import type { ActionPlan, RunPlan } from '../scenario/plan.ts';
import type { TraceHeader, TraceStatement } from '../trace/header.ts';
import { TRACE_VERSION } from '../trace/schema.ts';

/** What a trace of this plan says before its first event. */
export function headerOf(plan: RunPlan): TraceHeader {
  return {
    version: TRACE_VERSION,
    scenario: plan.scenario,
    ...(plan.question === undefined ? {} : { question: plan.question }),
    ...(plan.takeaway === undefined ? {} : { takeaway: plan.takeaway }),
    ...(plan.variant === undefined ? {} : { variant: plan.variant }),
    hosts: plan.hosts.map((host) => ({
      name: host.name,
      address: host.address,
      kernel: `linux-${host.kernel.join('.')}`,
      hz: host.hz,
      ...(host.timers === undefined ? {} : { timers: host.timers }),
      sysctls: host.sysctls,
    })),
    actions: plan.actions.map(statementOf),
    expectations: plan.expectations.map(({ range, text }) => ({ range, text })),
  };
}

function statementOf({ range, text, moment }: ActionPlan): TraceStatement {
  return { range, text, ...(moment === undefined ? {} : { moment }) };
}
