// Registration with a BBMD (Annex J.5.2): asked for, renewed, lost and found again, on a schedule with an end
// to its slowing down.

import { expect } from 'chai';
import type { Output } from '../../protocol/index.js';
import { FOREIGN_SILENCE, ForeignDevice } from '../../protocol/foreign-device.js';

const BBMD = '10.0.0.254:47808';

/** Outputs as short texts: "ask", "registered", "refused 48". */
function brief(outputs: readonly Output[]): string[] {
  return outputs.map((output) => {
    if (output.kind === 'send') {
      expect(output.to).to.equal(BBMD);
      expect([...output.datagram]).to.deep.equal([0x81, 0x05, 0, 6, 0, 60]);
      return 'ask';
    }
    const { event } = output;
    if (event.kind !== 'foreign') throw new Error(event.kind);
    expect(event.bbmd).to.equal(BBMD);
    return event.registered ? 'registered' : `refused ${event.result}`;
  });
}

function started(): ForeignDevice {
  const device = new ForeignDevice({ bbmd: BBMD, ttlSeconds: 60 });
  expect(device.nextDeadline()).to.equal(undefined);
  expect(device.distributor).to.equal(undefined);
  expect(brief(device.handle({ kind: 'register' }, 0))).to.deep.equal(['ask']);
  return device;
}

/** The times at which it asks, when nothing but its own timers moves it. */
function asks(device: ForeignDevice, until: number): number[] {
  const times: number[] = [];
  for (let now = device.nextDeadline(); now !== undefined && now <= until; now = device.nextDeadline()) {
    if (brief(device.handle({ kind: 'tick' }, now)).includes('ask')) times.push(now);
  }
  return times;
}

describe('foreign-device', () => {
  it('renews at half its time to live', () => {
    const device = started();
    expect(brief(device.handle({ kind: 'result', code: 0 }, 100))).to.deep.equal(['registered']);
    expect(device.handle({ kind: 'tick' }, 30_099)).to.deep.equal([]);
    expect(brief(device.handle({ kind: 'tick' }, 30_100))).to.deep.equal(['ask']);
    expect(brief(device.handle({ kind: 'result', code: 0 }, 30_200))).to.deep.equal(['registered']);
    expect(device.nextDeadline()).to.equal(60_200);
  });

  it('asks again after silence, ever more slowly, but never less than every 30 s', () => {
    expect(asks(started(), 120_000)).to.deep.equal([2000, 7000, 17_000, 47_000, 77_000, 107_000]);
  });

  it('asks again after a NAK, as after silence', () => {
    const device = started();
    expect(brief(device.handle({ kind: 'result', code: 0x30 }, 10))).to.deep.equal(['refused 48']);
    expect(device.nextDeadline()).to.equal(2010);
    device.handle({ kind: 'tick' }, 2010);
    device.handle({ kind: 'result', code: 0x30 }, 2020);
    expect(device.nextDeadline()).to.equal(7020);
  });

  it('sends broadcasts to the BBMD from the first question on, unless it is refused', () => {
    const device = started();
    expect(device.distributor).to.equal(BBMD);
    device.handle({ kind: 'result', code: 0x30 }, 10);
    expect(device.distributor).to.equal(undefined);
    device.handle({ kind: 'register' }, 20);
    device.handle({ kind: 'result', code: 0 }, 30);
    expect(device.distributor).to.equal(BBMD);
  });

  it('registers again at once when the BBMD does not know it any more', () => {
    const device = started();
    device.handle({ kind: 'result', code: 0 }, 10);
    expect(brief(device.handle({ kind: 'result', code: 0x60 }, 500))).to.deep.equal(['refused 96', 'ask']);
    expect(brief(device.handle({ kind: 'result', code: 0 }, 600))).to.deep.equal(['registered']);
  });

  it('says that it is lost when the BBMD was silent for the time to live and its grace', () => {
    const device = started();
    device.handle({ kind: 'result', code: 0 }, 0);
    const events: string[] = [];
    for (let now = device.nextDeadline()!; now <= 200_000; now = device.nextDeadline()!) {
      for (const text of brief(device.handle({ kind: 'tick' }, now)))
        if (text !== 'ask') events.push(`${now} ${text}`);
    }
    expect(events).to.deep.equal([`90000 refused ${FOREIGN_SILENCE}`]);
  });

  it('takes no result for its own that it did not ask for', () => {
    const device = started();
    expect(device.handle({ kind: 'result', code: 0x60 }, 0)).to.deep.equal([]);
    expect(device.handle({ kind: 'result', code: 0x10 }, 0)).to.deep.equal([]);
    device.handle({ kind: 'result', code: 0 }, 0);
    for (const code of [0, 0x30, 0x10]) expect(device.handle({ kind: 'result', code }, 1)).to.deep.equal([]);
    const off = new ForeignDevice({ bbmd: BBMD, ttlSeconds: 60 });
    expect(off.handle({ kind: 'result', code: 0 }, 0)).to.deep.equal([]);
    expect(off.handle({ kind: 'tick' }, 0)).to.deep.equal([]);
  });
});
