/** Changes to a scenario that make it short enough to be recorded. The engine plays the same changed plan. */
import { MILLISECOND, SECOND, type Micros } from '../../extension/base/time.ts';
import type { MiddleboxPlan } from '../../extension/scenario/middlebox.ts';
import type { ActionPlan, RunPlan } from '../../extension/scenario/plan.ts';
import type { SocketOptionName } from '../../extension/scenario/socket-option.ts';
import type { SysctlName } from '../../extension/scenario/sysctl.ts';

export type Override =
  /** A knob of every host that the scenario does not set itself. */
  | { readonly kind: 'sysctl'; readonly name: SysctlName; readonly value: number }
  /** What happens at `from` or later happens earlier, so that `from` becomes `to`. */
  | { readonly kind: 'shift'; readonly from: Micros; readonly to: Micros }
  /** Another value wherever the scenario sets this socket option. */
  | { readonly kind: 'option'; readonly name: SocketOptionName; readonly value: number }
  | { readonly kind: 'delay'; readonly link: string; readonly delay: Micros }
  /** The next segment that `from` sends at `at` or later takes `by` longer: decides what on a real link is a race. */
  | { readonly kind: 'hold'; readonly link: string; readonly from: string; readonly at: Micros; readonly by: Micros }
  /** How long a NAT remembers an idle flow. */
  | { readonly kind: 'nat'; readonly name: string; readonly idle: Micros };

export function formatOverride(override: Override): string {
  switch (override.kind) {
    case 'sysctl':
      return `sysctl ${override.name} ${override.value}`;
    case 'option':
      return `option ${override.name} ${override.value}`;
    case 'shift':
      return `shift ${override.from / SECOND}s ${override.to / SECOND}s`;
    case 'delay':
      return `delay ${override.link} ${override.delay / MILLISECOND}ms`;
    case 'hold':
      return `hold ${override.link} ${override.from} ${override.at / SECOND}s ${override.by / MILLISECOND}ms`;
    case 'nat':
      return `nat ${override.name} ${override.idle / SECOND}s`;
  }
}

export function parseOverride(text: string): Override {
  const [kind, a = '', b = '', c = '', d = ''] = text.split(' ');
  const scaled = (word: string, unit: Micros): Micros => Math.round(Number.parseFloat(word) * unit);
  switch (kind) {
    case 'sysctl':
      return { kind, name: a as SysctlName, value: Number(b) };
    case 'option':
      return { kind, name: a as SocketOptionName, value: Number(b) };
    case 'shift':
      return { kind, from: scaled(a, SECOND), to: scaled(b, SECOND) };
    case 'delay':
      return { kind, link: a, delay: scaled(b, MILLISECOND) };
    case 'hold':
      return { kind, link: a, from: b, at: scaled(c, SECOND), by: scaled(d, MILLISECOND) };
    case 'nat':
      return { kind, name: a, idle: scaled(b, SECOND) };
    default:
      throw new Error(`Not an override: ${text}`);
  }
}

export function applyOverrides(plan: RunPlan, overrides: readonly Override[]): RunPlan {
  return overrides.reduce(applyOverride, plan);
}

function applyOverride(plan: RunPlan, override: Override): RunPlan {
  switch (override.kind) {
    case 'sysctl': {
      const { name, value } = override;
      return { ...plan, hosts: plan.hosts.map((host) => ({ ...host, sysctls: { [name]: value, ...host.sysctls } })) };
    }
    case 'option': {
      const { name, value } = override;
      const changed = (action: ActionPlan): ActionPlan =>
        action.kind === 'set-option' && action.option === name ? { ...action, value } : action;
      return { ...plan, actions: plan.actions.map(changed) };
    }
    case 'shift':
      return { ...plan, actions: plan.actions.map((action) => shifted(action, override)) };
    case 'delay': {
      const { link, delay } = override;
      return { ...plan, links: plan.links.map((each) => (each.name === link ? { ...each, delay } : each)) };
    }
    case 'hold': {
      const { link, from, at, by } = override;
      const rule: ActionPlan = {
        kind: 'link-rule',
        link,
        from,
        effect: { kind: 'delay', by },
        class: 'segment',
        which: { kind: 'next', count: 1 },
        trigger: { kind: 'at', time: at },
        range: plan.range,
        text: '',
      };
      return { ...plan, actions: [...plan.actions, rule] };
    }
    case 'nat': {
      const { name, idle } = override;
      const changed = (box: MiddleboxPlan): MiddleboxPlan =>
        box.kind === 'nat' && box.name === name ? { ...box, idle } : box;
      return { ...plan, middleboxes: (plan.middleboxes ?? []).map(changed) };
    }
  }
}

function shifted(action: ActionPlan, { from, to }: Extract<Override, { kind: 'shift' }>): ActionPlan {
  const { trigger } = action;
  if (trigger.kind !== 'at' || trigger.time < from) return action;
  return { ...action, trigger: { kind: 'at', time: trigger.time - from + to } };
}
