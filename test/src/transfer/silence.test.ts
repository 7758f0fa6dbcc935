// How long silence is borne: four unanswered questions in any case, and as long as the device keeps the
// procedure open; and that a silence is measured from its first question.

import { expect } from 'chai';
import { isLost, Silence, SILENCES_MAX } from '../../../src/transfer/silence.js';
import { FakePort } from '../../support/file-port.js';

const TIMEOUT = { kind: 'timeout', attempts: 4 } as const;

async function bear(port: FakePort, eachMs: number): Promise<number> {
  const silence = new Silence(port);
  for (;;) {
    silence.asked();
    port.clockMs += eachMs;
    if (!(await silence.goesOn(TIMEOUT))) return silence.count;
  }
}

describe('a silence', () => {
  it('is borne for four questions, however short the outage may be', async () => {
    const port = new FakePort(new Uint8Array(0));
    port.outageMs = 0;
    expect(await bear(port, 12_000)).to.equal(SILENCES_MAX);
  });

  it('is borne as long as an outage may last', async () => {
    const port = new FakePort(new Uint8Array(0));
    port.outageMs = 100_000;
    expect(await bear(port, 12_000)).to.equal(9);
  });

  it('is told with its length when it is over, and begins anew', async () => {
    const port = new FakePort(new Uint8Array(0));
    const silence = new Silence(port);
    silence.asked();
    port.clockMs += 50;
    expect(silence.over(), 'an answer at once is no silence').to.equal(undefined);
    for (let i = 0; i < 2; i += 1) {
      silence.asked();
      port.clockMs += 12_000;
      expect(await silence.goesOn(TIMEOUT)).to.equal(true);
    }
    silence.asked();
    port.clockMs += 10;
    expect(silence.over()).to.equal(24_010);
    expect(silence.count).to.equal(0);
  });

  it('is also that of a router that has lost the device, and no other refusal', () => {
    expect(isLost(TIMEOUT)).to.equal(true);
    for (const [reason, lost] of [
      [0, true],
      [1, true],
      [2, false],
      [4, false],
    ] as const) {
      expect(isLost({ kind: 'network-reject', network: 1, reason }), `reason ${reason}`).to.equal(lost);
    }
    expect(isLost({ kind: 'reject', reason: 9 })).to.equal(false);
  });
});
