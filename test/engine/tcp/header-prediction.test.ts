import { beforeAll, expect, it, vi } from 'vitest';
import type * as Prediction from '../../../extension/engine/tcp/header-prediction.ts';
import type { RunPlan } from '../../../extension/scenario/plan.ts';
import { traceToJsonLines } from '../../../extension/trace/jsonl.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import { catalogue, scenarioOf } from '../../support/catalogue.ts';

const PREDICTION = '../../../extension/engine/tcp/header-prediction.ts';
const PLAIN_ACK = '../../../extension/engine/tcp/plain-ack.ts';

let predicting: (plan: RunPlan) => Trace;
let plodding: (plan: RunPlan) => Trace;

beforeAll(async () => {
  ({ play: predicting } = await import('../../../extension/engine/play.ts'));
  vi.resetModules();
  vi.doMock(PLAIN_ACK, () => ({ isPlainAck: () => false }));
  // While something is under way the short way is not the long one: the kernel does not look at what waits to leave.
  vi.doMock(PREDICTION, async (importOriginal) => {
    const prediction = await importOriginal<typeof Prediction>();
    const nextDataArrives: typeof prediction.nextDataArrives = (tcb, segment) =>
      (tcb.sent.length > 0 || tcb.hasUnsent) && prediction.nextDataArrives(tcb, segment);
    return { nextDataArrives };
  });
  ({ play: plodding } = await import('../../../extension/engine/play.ts'));
});

function linesOf(trace: Trace): string[] {
  return [...traceToJsonLines(trace)];
}

const BULK = `scenario "Bulk"
seed 1
host client
host server
link wire between client and server { delay 5ms  bandwidth 50 Mbit/s  loss 0.5%  reordering 1% by 3ms }
process app on client
process web on server { answers 50000 B with 3000 B }
at 0s web listens on 80
at 10ms app connects to server:80 as conn
at 20ms app sends 3 MB on conn
at 5s app closes conn
`;

it.each([...catalogue(), { id: 'bulk', name: 'bulk', text: BULK }])(
  '$id: the short way leaves behind what the long way does',
  ({ name, text }) => {
    for (const plan of scenarioOf(name, text).runs) {
      const long = linesOf(plodding(plan));
      const short = linesOf(predicting(plan));
      const at = short.findIndex((line, i) => line !== long[i]);
      expect([short[at], short.length]).toEqual([at === -1 ? undefined : long[at], long.length]);
    }
  },
);
