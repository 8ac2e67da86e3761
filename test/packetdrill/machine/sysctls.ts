/** Sysctls of a script in terms of the engine's. */
import { CONGESTION_CONTROLS } from '../../../extension/scenario/congestion.ts';
import type { SysctlDefinition, SysctlName, SysctlValue, SysctlValues } from '../../../extension/scenario/sysctl.ts';
import { SYSCTLS } from '../../../extension/scenario/sysctl.ts';
import { fail, unsupported } from '../language/problem.ts';
import type { Setting } from '../language/shell.ts';

/**
 * Knobs that the engine does not have, with the values that mean what it does all the same; `any`: they change nothing that can be
 * seen. By the name after `net.ipv4.`, or by path.
 */
const WITHOUT_EFFECT: Readonly<Record<string, readonly string[] | 'any'>> = {
  // Gone from the kernel.
  tcp_fack: 'any',
  tcp_ecn: ['0', '2'],
  tcp_ecn_option: 'any',
  tcp_pacing_ss_ratio: ['200'],
  tcp_pacing_ca_ratio: ['120'],
  tcp_notsent_lowat: ['4294967295', '-1'],
  // Where nobody asks for it with a socket option, a flag or an option of the SYN.
  tcp_fastopen: 'any',
  tcp_fastopen_key: 'any',
  tcp_mtu_probing: ['0'],
  'tcp_cubic/parameters/hystart_detect': ['3'],
};

/** Puts a setting into force. @throws Problem for what the engine does not have, or a value that it cannot be */
export function applyKnob(sysctls: SysctlValues, setting: Exclude<Setting, { kind: 'queue' }>): void {
  const path = /^net\.(?:ipv4|core)\.(.*)$/.exec(setting.name);
  const name = setting.kind === 'module' ? setting.name : (path?.[1] ?? setting.name);
  if (setting.kind === 'sysctl' && name in SYSCTLS) {
    Object.assign(sysctls, { [name]: valueOf(name as SysctlName, setting.value) });
    return;
  }
  const harmless = WITHOUT_EFFECT[name];
  if (harmless === 'any' || harmless?.includes(setting.value) === true) return;
  unsupported(`${setting.name} = ${setting.value}`);
}

function valueOf(name: SysctlName, text: string): SysctlValue {
  const knob: SysctlDefinition = SYSCTLS[name];
  if (knob.unit === 'congestion-control') {
    const index = CONGESTION_CONTROLS.findIndex((each) => each === text);
    return index >= 0 ? index : unsupported(`congestion control "${text}"`);
  }
  const numbers = text.trim().split(/\s+/).map(Number);
  const count = knob.parts?.length ?? 1;
  if (text === '' || numbers.length !== count || !numbers.every(Number.isInteger))
    fail(`${name} takes ${count === 1 ? 'a number' : `${count} numbers`}, not "${text}"`);
  const outside = numbers.find((number) => number < knob.min || number > knob.max);
  if (outside !== undefined) fail(`${name} takes ${knob.min} to ${knob.max}, not ${outside}`);
  return count === 1 ? (numbers[0] ?? 0) : numbers;
}
