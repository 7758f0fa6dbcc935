// EventHeap: what is to happen, in the order of its time and then of its adding.

import { expect } from 'chai';
import fc from 'fast-check';
import { EventHeap } from '../../../simulator/world/event-heap.js';

function drain(heap: EventHeap): void {
  for (let action = heap.take(); action !== undefined; action = heap.take()) action();
}

describe('event heap', () => {
  it('gives events in the order of time, and of adding where times are equal', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 300 }), (times) => {
        const heap = new EventHeap();
        const happened: [number, number][] = [];
        times.forEach((timeMs, index) => heap.add(timeMs, () => happened.push([timeMs, index])));
        drain(heap);
        const expected = times
          .map((t, i): [number, number] => [t, i])
          .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        expect(happened).to.deep.equal(expected);
      }),
    );
  });

  it('leaves out what was cancelled, and nothing else, however much it was', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(20), fc.boolean()), { maxLength: 2000, minLength: 500 }),
        (events) => {
          const heap = new EventHeap();
          const happened: number[] = [];
          const handles = events.map(([timeMs], index) => heap.add(timeMs, () => happened.push(index)));
          events.forEach(([, cancelled], index) => cancelled && handles[index]!.cancel());
          const kept = events.flatMap(([, cancelled], index) => (cancelled ? [] : [index]));
          expect(heap.size).to.equal(kept.length);
          drain(heap);
          expect([...happened].sort((a, b) => a - b)).to.deep.equal(kept);
          const times = happened.map((index) => events[index]![0]);
          expect(times).to.deep.equal([...times].sort((a, b) => a - b));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('ignores cancelling what has happened already or was cancelled before', () => {
    const heap = new EventHeap();
    const first = heap.add(1, () => undefined);
    const second = heap.add(2, () => undefined);
    heap.take();
    first.cancel();
    second.cancel();
    second.cancel();
    expect(heap.size).to.equal(0);
    expect(heap.nextTimeMs).to.equal(undefined);
    expect(heap.take()).to.equal(undefined);
  });

  it('says when the next event is due, past cancelled ones', () => {
    const heap = new EventHeap();
    heap.add(5, () => undefined).cancel();
    heap.add(9, () => undefined);
    expect(heap.nextTimeMs).to.equal(9);
    expect(heap.size).to.equal(1);
  });
});
