// Quirks that show when a client has several reads outstanding: reads-queued and second-read. What happens to each
// read, by the time at which it comes.

import { expect } from 'chai';
import { type Answer, ConfirmedService } from '../../../../protocol/index.js';
import { quirkNamed } from '../../../../simulator/index.js';
import type { DeviceView, QuirkContext } from '../../../../simulator/types.js';

const context = (now: number, service: number = ConfirmedService.atomicReadFile): QuirkContext => ({
  device: {} as DeviceView,
  service,
  payload: new Uint8Array(0),
  now,
});

/** What becomes of a request that comes at `now`: the answer given instead of its own, and when it leaves. */
function fate(quirk: ReturnType<typeof quirkNamed>, now: number, own: Answer, service?: number) {
  const at = context(now, service);
  const instead = quirk.beforeRequest?.(at);
  if (instead === undefined) quirk.afterRequest?.({ ...at, answer: own });
  return { answer: instead ?? own, afterMs: quirk.delayMs?.(at) ?? 0 };
}

const own = (octet: number): Answer => ({ kind: 'complex-ack', payload: Uint8Array.of(octet) });
const SILENCE: Answer = { kind: 'silence' };

describe('reads-queued', () => {
  it('takes one after the other, and drops what finds the queue full', () => {
    const quirk = quirkNamed('reads-queued', '1');
    expect(fate(quirk, 0, own(1))).to.deep.equal({ answer: own(1), afterMs: 10 });
    expect(fate(quirk, 2, own(2))).to.deep.equal({ answer: own(2), afterMs: 18 });
    expect(fate(quirk, 3, own(3)).answer).to.deep.equal(SILENCE);
    expect(fate(quirk, 12, own(4))).to.deep.equal({ answer: own(4), afterMs: 18 });
  });

  it('is about nothing but reads of files', () => {
    const quirk = quirkNamed('reads-queued', '0');
    fate(quirk, 0, own(1));
    expect(fate(quirk, 1, own(2), ConfirmedService.readProperty)).to.deep.equal({
      answer: own(2),
      afterMs: 0,
    });
  });
});

describe('second-read', () => {
  for (const [how, expected] of [
    ['dropped', SILENCE],
    ['refused', 'error'],
    ['aborted', 'abort'],
    ['mixed-up', own(1)],
  ] as const) {
    it(`${how}: while the first is in work, and only then`, () => {
      const quirk = quirkNamed('second-read', how);
      expect(fate(quirk, 0, own(1))).to.deep.equal({ answer: own(1), afterMs: 10 });
      const { answer } = fate(quirk, 5, own(2));
      if (typeof expected === 'string') expect(answer.kind).to.equal(expected);
      else expect(answer).to.deep.equal(expected);
      expect(fate(quirk, 10, own(3)).answer).to.deep.equal(own(3));
    });
  }
});
