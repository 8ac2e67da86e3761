/**
 * The extension's side of the conversation, inside the page: bundled and run before the page's own scripts. What the page
 * posts is kept in `posted`; runs are sample traces.
 */
import type { FileProblem, HostToPanel, PanelToHost, RunInfo, Snapshot } from '../../extension/protocol/messages.ts';
import { PROTOCOL_VERSION } from '../../extension/protocol/messages.ts';
import { play } from '../../extension/engine/play.ts';
import type { RunPlan } from '../../extension/scenario/plan.ts';
import type { TraceData } from '../../extension/trace/columns.ts';
import { keepaliveTimeout, longTransfer, retransmissionTimeout, silentPowerLoss } from './panel-traces.ts';
import type { SampleTheme } from './themes.ts';

export interface FakeHostOptions {
  readonly theme: SampleTheme;
  readonly locale?: string;
  readonly l10n?: Readonly<Record<string, string>>;
  readonly show?: number;
  readonly saved?: unknown;
  readonly problems?: readonly FileProblem[];
  /** Played by the real engine, instead of the sample traces. */
  readonly plans?: readonly RunPlan[];
  readonly names?: { readonly client: string; readonly server: string };
}

declare global {
  interface Window {
    fakeHostOptions: FakeHostOptions;
    posted: PanelToHost[];
    /** What the page keeps with setState. */
    kept: unknown;
    say(message: HostToPanel): void;
  }
}

const options = window.fakeHostOptions;
const names = options.names ?? {};
const traces: readonly TraceData[] = options.plans?.map((plan) => play(plan).data) ?? [
  silentPowerLoss(names),
  keepaliveTimeout(names),
  retransmissionTimeout(names),
  longTransfer(120),
];

const runs: readonly RunInfo[] = traces.map(({ header }, i) => ({
  scenario: header.scenario,
  variant: header.variant ?? { en: 'long transfer', 'zh-cn': '长传输' },
  ...(header.question === undefined ? {} : { question: header.question }),
  range: { start: { line: 12 + i, character: 0 }, end: { line: 12 + i, character: 10 } },
}));

let revision = 1;
const file = () => ({ revision, runs: options.problems ? [] : runs, problems: options.problems ?? [] });

window.posted = [];
window.kept = options.saved;
window.say = (message) => window.postMessage(message, '*');

function answer(message: PanelToHost): void {
  if (message.kind !== 'request') return;
  const { id } = message;
  switch (message.request) {
    case 'ready': {
      const result: Snapshot = {
        protocolVersion: PROTOCOL_VERSION,
        uri: 'file:///scenarios/question.tcpscn',
        fileName: 'question.tcpscn',
        locale: options.locale ?? 'en',
        l10n: options.l10n ?? {},
        file: file(),
        show: options.show ?? 0,
        changed: false,
      };
      window.say({ kind: 'reply', id, result });
      return;
    }
    case 'reload':
      revision++;
      window.say({ kind: 'reply', id, result: file() });
      return;
    case 'play': {
      const data = traces[message.params.run];
      if (data === undefined) window.say({ kind: 'error', id, message: 'no such run' });
      else window.say({ kind: 'reply', id, result: { kind: 'trace', play: message.params.play, data } });
    }
  }
}

Object.assign(globalThis, {
  acquireVsCodeApi: () => ({
    postMessage: (message: PanelToHost) => {
      window.posted.push(message);
      answer(message);
    },
    getState: () => window.kept,
    setState: (state: unknown) => {
      window.kept = state;
    },
  }),
});

document.addEventListener('DOMContentLoaded', () => {
  document.body.className = options.theme.body;
  for (const [name, value] of Object.entries(options.theme.variables))
    document.documentElement.style.setProperty(`--vscode-${name}`, value);
});
