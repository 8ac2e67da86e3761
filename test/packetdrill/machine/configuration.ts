/** `--name=value` lines of a script. */
import type { Micros } from '../../../extension/base/time.ts';
import { fail, unsupported } from '../language/problem.ts';
import type { Script } from '../language/script.ts';

export interface Configuration {
  /** Times may differ by so much, µs, */
  readonly toleranceMicros: Micros;
  /** or by such a part of the time since the event before. */
  readonly tolerancePart: number;
  /** TSvals are compared in ticks of so many µs; 0: not at all. */
  readonly tickMicros: number;
  readonly mtu: number;
}

/** What packetdrill does unless a script says otherwise. */
const DEFAULTS: Configuration = { toleranceMicros: 4000, tolerancePart: 0.125, tickMicros: 0, mtu: 1500 };

/** Options that say something about the real machine, and nothing here. */
const WITHOUT_EFFECT = ['local_ip', 'remote_ip', 'gateway_ip', 'netmask_ip', 'code_command', 'code_sockopt', 'speed'];

/** @throws Problem for an option that is unknown, or that asks for what there is not */
export function configure(options: Script['options']): Configuration {
  let configuration = DEFAULTS;
  for (const { line, name, value } of options) {
    const number = (): number => {
      const found = Number(value);
      return value !== '' && found >= 0 ? found : fail(`--${name} takes a number, not "${value}"`, line);
    };
    if (WITHOUT_EFFECT.includes(name)) continue;
    switch (name) {
      case 'tolerance_usecs':
        configuration = { ...configuration, toleranceMicros: number() };
        break;
      case 'tolerance_percent':
        configuration = { ...configuration, tolerancePart: number() / 100 };
        break;
      case 'tcp_ts_tick_usecs':
        configuration = { ...configuration, tickMicros: number() };
        break;
      case 'mtu':
        configuration = { ...configuration, mtu: number() };
        break;
      case 'ip_version':
        if (value !== 'ipv4') unsupported(`--ip_version=${value}`, line);
        break;
      default:
        unsupported(`the option --${name}`, line);
    }
  }
  return configuration;
}
