/** What a host of a plan was when it was recorded: this machine's kernel, set up as script.ts says. */
import type { KernelVersion } from '../../extension/scenario/kernel-version.ts';
import { hasFeature, parseVersion } from '../../extension/scenario/kernel-version.ts';
import type { HostPlan } from '../../extension/scenario/plan.ts';
import type { Recording } from './recording.ts';

/** Buffers as the catalogue's kernel has them, whatever the recorded one would choose: they decide the window scale. */
export const BUFFERS = {
  tcp_rmem: [4096, 131_072, 6 * 2 ** 20],
  tcp_wmem: [4096, 16_384, 4 * 2 ** 20],
} as const;

/**
 * Connections leave nothing to later ones, unless a scenario is about that: the first RTO would be shorter by up to a tick, or not,
 * depending on which of two equal round trips was measured a microsecond longer.
 */
const NOTHING_SAVED = { tcp_no_metrics_save: 1 } as const;

/** The kernel of a recording (`Linux 6.18.44-…`). */
function versionOf({ kernel }: Recording): KernelVersion {
  const version = parseVersion(/\d+\.\d+/.exec(kernel)?.[0] ?? '');
  if (version === undefined) throw new Error(`No release: ${kernel}`);
  return version;
}

/** The host as the engine must play it beside the recording. Kernels from before 6.5 were imitated by a sysctl. */
export function recordedHost(host: HostPlan, recording: Recording, timers: 'wheel' | undefined): HostPlan {
  const { name, address, range, portRange, routes, sysctls } = host;
  const imitation = hasFeature(host.kernel, 'linear SYN timeouts') ? {} : { tcp_syn_linear_timeouts: 0 };
  return {
    name,
    address,
    range,
    kernel: versionOf(recording),
    hz: recording.hz,
    sysctls: { ...BUFFERS, ...NOTHING_SAVED, ...imitation, ...sysctls },
    ...(portRange === undefined ? {} : { portRange }),
    ...(routes === undefined ? {} : { routes }),
    ...(timers === undefined ? {} : { timers }),
  };
}
