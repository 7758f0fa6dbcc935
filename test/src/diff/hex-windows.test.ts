// Octets around changes: the right ones, joined where near, cut where long, counted where there are too many.

import { expect } from 'chai';
import { compareOctets } from '../../../src/diff/compare-octets.js';
import { hexView } from '../../../src/diff/hex-windows.js';
import type { HexView } from '../../../src/diff/types.js';
import { noise } from '../repository/samples.js';
import { streaming } from './samples.js';

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

async function view(
  a: Uint8Array,
  b: Uint8Array,
  volatile: { start: number; end: number }[] = [],
): Promise<HexView> {
  const [one, other] = [streaming(a, 100, volatile), streaming(b, 333)];
  return hexView(one, other, (await compareOctets(one, other)).tally);
}

function changed(octets: Uint8Array, ...places: readonly number[]): Uint8Array {
  return octets.map((octet, at) => (places.includes(at) ? octet ^ 0xff : octet));
}

describe('a hexadecimal view', () => {
  const a = noise(5000, 1);

  it('shows a change with the octets around it on both sides', async () => {
    const b = changed(a, 100, 101);
    const { windows, more } = await view(a, b);
    expect(more).to.equal(0);
    expect(windows).to.deep.equal([
      {
        a: { start: 84, hex: hex(a.subarray(84, 118)) },
        b: { start: 84, hex: hex(b.subarray(84, 118)) },
        ranges: [{ a: { start: 100, end: 102 }, b: { start: 100, end: 102 }, volatile: false }],
        cut: 0,
      },
    ]);
  });

  it('shows changes that are near in one window, and others in their own', async () => {
    const { windows } = await view(a, changed(a, 100, 120, 1000));
    expect(
      windows.map((window) => [window.a.start, window.a.hex.length / 2, window.ranges.length]),
    ).to.deep.equal([
      [84, 53, 2],
      [984, 33, 1],
    ]);
  });

  it('shows both sides of what was put in, and the octets behind it where they are now', async () => {
    const b = Uint8Array.of(...a.subarray(0, 50), 1, 2, 3, ...a.subarray(50));
    const { windows } = await view(a, b);
    expect(windows.map((window) => [window.a, window.b])).to.deep.equal([
      [
        { start: 34, hex: hex(a.subarray(34, 66)) },
        { start: 34, hex: hex(b.subarray(34, 69)) },
      ],
    ]);
  });

  it('cuts a long change and says how much is missing', async () => {
    const b = a.map((octet, at) => (at >= 1000 && at < 2000 ? octet ^ 0xff : octet));
    const [window] = (await view(a, b)).windows;
    expect(window?.cut).to.equal(1000 - 256);
    expect(window?.b.hex).to.equal(hex(b.subarray(984, 1256)));
  });

  it('shows so many windows and counts the changes of the rest', async () => {
    const places = Array.from({ length: 45 }, (_, index) => index * 100);
    const { windows, more } = await view(a, changed(a, ...places));
    expect(windows).to.have.length(20);
    expect(more).to.equal(25);
  });

  it('shows volatile changes only when there are no others', async () => {
    const known = [{ start: 0, end: 500 }];
    const mixed = await view(a, changed(a, 100, 1000), known);
    expect(mixed.windows.map((window) => window.a.start)).to.deep.equal([984]);
    expect(mixed.more).to.equal(0);
    const only = await view(a, changed(a, 100), known);
    expect(only.windows.map((window) => window.a.start)).to.deep.equal([84]);
  });

  it('is the same where windows overlap', async () => {
    const b = Uint8Array.of(...a.subarray(0, 50), 1, ...a.subarray(50, 60), 2, ...a.subarray(60));
    const { windows } = await view(a, b);
    for (const { b: side } of windows)
      expect(side.hex).to.equal(hex(b.subarray(side.start, side.start + side.hex.length / 2)));
  });
});
