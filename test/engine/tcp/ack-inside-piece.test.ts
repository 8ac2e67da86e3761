import { describe, expect, it } from 'vitest';
import { ack, established } from '../support/endpoint.ts';

/** Four segments left in one piece, the last of 448 bytes. */
const sender = (): ReturnType<typeof established> => {
  const end = established({ rtt: 1, offers: { timestamps: false } });
  end.send(3 * 1460 + 460);
  expect(end.sent()).toHaveLength(4);
  return end;
};

describe('an acknowledgement in the middle of what left in one piece', () => {
  it('begins the rest there: one segment fewer', () => {
    const end = sender()
      .at(2)
      .receive(ack({ ack: 1 + 1460 + 730 }));
    expect(end.tcb.sent.length).toBe(2);
    end.at(6).expectSent('6 PA 3651+1190 ack 1 tail-loss-probe');
    end.at(207).expectSent('207 A 2191+1460 ack 1 rto-retransmission');
  });

  it('or as many as before', () => {
    const end = sender()
      .at(2)
      .receive(ack({ ack: 1 + 1460 + 400 }));
    expect(end.tcb.sent.length).toBe(3);
    end.at(6).expectSent('6 PA 4781+60 ack 1 tail-loss-probe');
    end.at(207).expectSent('207 A 1861+1460 ack 1 rto-retransmission');
  });
});
