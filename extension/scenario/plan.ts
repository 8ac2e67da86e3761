/**
 * The Plan: what the language makes of a scenario file and the engine plays. Plain readonly data, so that it can be
 * sent between threads, written down and compared. The only thing that language and engine share.
 */
import type { Micros } from '../base/time.ts';
import type { ExpectationPlan, SegmentClass } from './expectation.ts';
import type { KernelVersion } from './kernel-version.ts';
import type { LinkSetting, LinkSettingPlan } from './link-setting.ts';
import type { FilterPlan, MiddleboxPlan } from './middlebox.ts';
import type { IcmpMessageName } from './icmp.ts';
import type { RoutePlan } from './route-metric.ts';
import type { SocketOptionName } from './socket-option.ts';
import type { LocalizedText, SourceRange } from './source.ts';
import type { SysctlValues } from './sysctl.ts';
import type { TcpState } from './tcp-state.ts';

/** One `scenario` of a file with all its runs. */
export interface ScenarioPlan {
  readonly title: LocalizedText;
  readonly question?: LocalizedText;
  readonly takeaway?: LocalizedText;
  /** The heading: the line a CodeLens stands above. */
  readonly range: SourceRange;
  /** In file order. One run without a `variant` when the scenario has no variants. */
  readonly runs: readonly RunPlan[];
}

/** One run: the scenario's body with one variant's additions, everything resolved to plain numbers. */
export interface RunPlan {
  /** English title of the scenario: the name that `--scenario` takes. */
  readonly scenario: LocalizedText;
  readonly question?: LocalizedText;
  readonly takeaway?: LocalizedText;
  /** Absent for the one run of a scenario without variants. */
  readonly variant?: LocalizedText;
  /** The variant's heading, or the scenario's. */
  readonly range: SourceRange;
  readonly hosts: readonly HostPlan[];
  readonly links: readonly LinkPlan[];
  /** Absent: none. */
  readonly middleboxes?: readonly MiddleboxPlan[];
  readonly processes: readonly ProcessPlan[];
  /** In file order: body first, then parts and variants in the order in which they are added. */
  readonly actions: readonly ActionPlan[];
  readonly expectations: readonly ExpectationPlan[];
  /** `run until T`. Without it the run ends when nothing is scheduled and the last expected moment has passed. */
  readonly until?: Micros;
  /** Feeds everything random (initial sequence numbers, timestamp offsets, loss). */
  readonly seed: number;
}

export interface HostPlan {
  readonly name: string;
  /** Dotted IPv4; given out in order (10.0.0.1, 10.0.0.2, …) where the file names none. */
  readonly address: string;
  readonly kernel: KernelVersion;
  /** Ticks per second: what timer deadlines are rounded up to. */
  readonly hz: number;
  /** Absent = ideal: timers fire at their deadlines. Wheel: late, as the kernel's timer wheel is. */
  readonly timers?: 'wheel';
  /** `net.ipv4.ip_local_port_range`, where the scenario sets it: ports that connect() may choose. */
  readonly portRange?: readonly [first: number, last: number];
  /** Metrics of its routes; absent: none. */
  readonly routes?: readonly RoutePlan[];
  /** Only what the scenario sets, in the unit of the knob's definition. */
  readonly sysctls: Partial<SysctlValues>;
  readonly range: SourceRange;
}

/** A routed path between two hosts whose next hop always answers. */
export interface LinkPlan {
  readonly name: string;
  readonly ends: readonly [hostA: string, hostB: string];
  /** One way. */
  readonly delay: Micros;
  /** What else is said of it, later ones over earlier ones. */
  readonly settings?: readonly LinkSettingPlan[];
  /** The hosts are each other's next hop: they find each other by ARP. */
  readonly shared?: boolean;
  readonly range: SourceRange;
}

export interface ProcessPlan {
  readonly name: string;
  readonly host: string;
  readonly behaviours: readonly BehaviourPlan[];
  /** It does not run from the beginning: another process forks it. */
  readonly forked?: boolean;
  readonly range: SourceRange;
}

/**
 * Where a program differs from the ordinary one, which accepts and reads what arrives, reports errors and closes at
 * once when it reads EOF. They hold from the start of the run.
 */
export type BehaviourPlan = { readonly range: SourceRange } & (
  | { readonly kind: 'ignores-eof' }
  | { readonly kind: 'closes-after-eof'; readonly delay: Micros }
  | { readonly kind: 'never-reads' }
  /** Reads at most `bytes` of a connection, and goes on `interval` later. */
  | { readonly kind: 'reads-slowly'; readonly bytes: number; readonly interval: Micros }
  | { readonly kind: 'never-accepts' }
  /** Accepts one connection, and the next not before `interval` later. */
  | { readonly kind: 'accepts-every'; readonly interval: Micros }
  /** Answers every complete `request` bytes of a connection with `response` bytes. */
  /** `delay`: after so long (a program that thinks). */
  | { readonly kind: 'answers'; readonly request: number; readonly response: number; readonly delay?: Micros }
  /** Sends `bytes` on every connection as soon as it is open. */
  | { readonly kind: 'greets'; readonly bytes: number }
  /** Sends `bytes` on every connection each `interval`, the first time after one interval. */
  | { readonly kind: 'streams'; readonly bytes: number; readonly interval: Micros }
  /** Connects again `delay` after a connection that it opened has failed. */
  | { readonly kind: 'reconnects'; readonly delay: Micros }
  /** Its descriptors have O_NONBLOCK: calls return EINPROGRESS or EAGAIN where others sleep. */
  | { readonly kind: 'never-blocks' }
  /** SIGPIPE has its default action: the process ends. Others ignore it. */
  | { readonly kind: 'dies-of-sigpipe' }
  /** Sets the option on every socket as soon as it exists, before connect() and listen(). `value` in the unit of the option's definition. */
  | { readonly kind: 'uses-option'; readonly option: SocketOptionName; readonly value: number }
  /** Closes an accepted or opened connection on which nothing was read or sent by it for `idle` (an HTTP server's keepalive_timeout). */
  | { readonly kind: 'closes-idle'; readonly idle: Micros }
);

/** When an action happens. */
export type TriggerPlan =
  | { readonly kind: 'at'; readonly time: Micros }
  /** `delay` after the action with index `action` of the run was carried out. Used only after a `when`; otherwise compiled to `at`. */
  | { readonly kind: 'after'; readonly action: number; readonly delay: Micros }
  | { readonly kind: 'every'; readonly interval: Micros; readonly from: Micros; readonly until?: Micros }
  /** Once, when the end of `connection` on `host` enters `state`. */
  | { readonly kind: 'when'; readonly connection: string; readonly host: string; readonly state: TcpState };

/** One timed statement. `moment` is its `as NAME`. */
export type ActionPlan = {
  readonly trigger: TriggerPlan;
  readonly moment?: string;
  readonly range: SourceRange;
  /** The statement as written, without indentation and comment: what a trace quotes. */
  readonly text: string;
} & Action;

export type Action =
  | { readonly kind: 'host-power-loss'; readonly host: string }
  | { readonly kind: 'host-boot'; readonly host: string }
  /** Orderly: processes are ended first, so their kernels still send FIN or RST; then the host is off. */
  | { readonly kind: 'host-shutdown'; readonly host: string }
  /** A stopped virtual machine: its clock stands still, what arrives waits. Nobody is told. */
  | { readonly kind: 'host-freeze'; readonly host: string }
  | { readonly kind: 'host-resume'; readonly host: string }
  /** `from` absent: both directions. Otherwise only what `from` sends is lost. */
  /** A host's own cable; `link` absent: all that it has. */
  | { readonly kind: 'host-carrier'; readonly host: string; readonly link?: string; readonly up: boolean }
  /** The queue of a host's own device has no room for anything, or has room again; `link` as above. */
  | { readonly kind: 'host-queue'; readonly host: string; readonly link?: string; readonly full: boolean }
  | { readonly kind: 'host-route'; readonly host: string; readonly to: string; readonly present: boolean }
  /** `between`: two that stand side by side on the link; absent: behind all middleboxes, seen from the link's first host. */
  | { readonly kind: 'link-cut'; readonly link: string; readonly from?: string; readonly between?: Neighbours }
  | { readonly kind: 'link-restore'; readonly link: string; readonly from?: string; readonly between?: Neighbours }
  | ({ readonly kind: 'link-rule'; readonly link: string } & LinkRulePlan)
  /** Counts for what is sent from then on. */
  | { readonly kind: 'link-change'; readonly link: string; readonly setting: LinkSetting; readonly from?: string }
  /** From then on the router answers what goes to `host` (absent: either way) with this message. */
  | {
      readonly kind: 'router-report';
      readonly middlebox: string;
      readonly message: IcmpMessageName;
      readonly host?: string;
    }
  | { readonly kind: 'router-forward'; readonly middlebox: string }
  | ({ readonly kind: 'firewall-rule'; readonly middlebox: string } & FilterPlan)
  /** Everything passes. */
  | { readonly kind: 'firewall-open'; readonly middlebox: string }
  /** `connection` absent: every flow. */
  | { readonly kind: 'nat-forget'; readonly middlebox: string; readonly connection?: string }
  /** Processes run from time 0; this starts one again after it died or its host booted. */
  | { readonly kind: 'process-start'; readonly process: string }
  /** `child` begins with copies of all descriptors of `process`. */
  | { readonly kind: 'process-fork'; readonly process: string; readonly child: string }
  /** `kill -9`. */
  | { readonly kind: 'process-kill'; readonly process: string }
  | { readonly kind: 'process-exit'; readonly process: string }
  | {
      readonly kind: 'listen';
      readonly process: string;
      readonly port: number;
      readonly backlog?: number;
      readonly reuseAddress: boolean;
    }
  /** The process calls accept() no more, or again; what waits in the accept queue stays there. */
  | { readonly kind: 'stop-accepting'; readonly process: string }
  | { readonly kind: 'resume-accepting'; readonly process: string }
  | {
      readonly kind: 'connect';
      readonly process: string;
      readonly host: string;
      readonly port: number;
      readonly connection: string;
      /** bind() before connect(). */
      readonly localPort?: number;
      /** With SO_REUSEADDR: the port may be that of a connection that is over, or that set it too. Only with `localPort`. */
      readonly reuseAddress?: boolean;
    }
  | {
      readonly kind: 'send';
      readonly process: string;
      readonly connection: string;
      readonly bytes: number;
      /** MSG_MORE: there is more to come. */
      readonly more?: true;
      /** MSG_NOSIGNAL: no SIGPIPE comes with EPIPE. */
      readonly noSignal?: true;
    }
  /** getsockopt(SO_ERROR): what is wrong with the socket, which is forgotten then. */
  | { readonly kind: 'get-error'; readonly process: string; readonly connection: string }
  /** connect() once more on the same socket. */
  | { readonly kind: 'connect-again'; readonly process: string; readonly connection: string }
  | { readonly kind: 'close'; readonly process: string; readonly connection: string }
  | { readonly kind: 'shutdown-write'; readonly process: string; readonly connection: string }
  | { readonly kind: 'shutdown-read'; readonly process: string; readonly connection: string }
  /** Waits in poll() for all that it can report, from now on: tells each time something is added (as epoll with EPOLLET). */
  | { readonly kind: 'poll'; readonly process: string; readonly connection: string }
  /** `value` in the unit of the option's definition. */
  | {
      readonly kind: 'set-option';
      readonly process: string;
      readonly connection: string;
      readonly option: SocketOptionName;
      readonly value: number;
    }
  | { readonly kind: 'stop-reading'; readonly process: string; readonly connection: string }
  | { readonly kind: 'resume-reading'; readonly process: string; readonly connection: string }
  /**
   * The application's own heartbeat: `bytes` now and every `interval`. A beat that was not answered (by any data read
   * on the connection) before the next is due is a miss; after `misses` in a row the process gives up and closes.
   */
  | {
      readonly kind: 'heartbeat';
      readonly process: string;
      readonly connection: string;
      readonly bytes: number;
      readonly interval: Micros;
      readonly misses: number;
    };

/** What a link does to segments that are described: `drops the next 2 data segments from client until 5s`. */
export interface LinkRulePlan {
  readonly effect:
    | { readonly kind: 'drop' }
    | { readonly kind: 'duplicate' }
    /** Those behind it overtake it. */
    | { readonly kind: 'delay'; readonly by: Micros };
  readonly class: SegmentClass;
  readonly which:
    | { readonly kind: 'next'; readonly count: number }
    | { readonly kind: 'every' }
    /** The data segment with this number in its connection and direction, from 1, copies not counted. Once. */
    | { readonly kind: 'number'; readonly number: number };
  /** Only what this host sends. */
  readonly from?: string;
  /** What is sent at that time or later is left alone. */
  readonly until?: Micros;
}

/** Two that stand side by side on a link: hosts or middleboxes. */
export type Neighbours = readonly [string, string];

export type ActionKind = Action['kind'];
