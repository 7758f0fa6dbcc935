// Hostile octets against every codec at once.

import { expect } from 'chai';
import fc from 'fast-check';
import { DecodeError, decodeValues, EncodeError } from '../../protocol/index.js';
import { ACKNOWLEDGED, assemble, CONFIRMED, dissect, UNCONFIRMED } from '../support/dissect.js';
import { loadAllFrames, loadMalformed } from '../support/frames.js';
import type { Frame } from '../support/frames.js';

// Octets from nowhere. What the codecs make of them is their business, as long as it is a value or a
// DecodeError, soon, and in memory that the octets themselves account for.

const MUTANTS = 100_000;

describe('hostile octets', function () {
  this.timeout(60_000);

  it('give a value or a DecodeError in every payload codec', () => {
    const codecs = [CONFIRMED, ACKNOWLEDGED, UNCONFIRMED].flatMap((table) => Object.values(table));
    expect(codecs).to.have.length(15);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (octets) => {
        for (const { decode } of codecs) valueOrDecodeError(() => decode(octets));
      }),
      { numRuns: 2000 },
    );
  });

  it(`made of ${MUTANTS} damaged golden frames give a value or a DecodeError, and nothing else`, () => {
    const seeds = datagramsOfGoldenFrames();
    const random = generator(20240315);
    const counts = { decoded: 0, refused: 0, unwritable: 0 };
    for (let run = 0; run < MUTANTS; run += 1) {
      const mutant = mutate(pick(seeds, random), seeds, random);
      try {
        counts[outcome(mutant)] += 1;
      } catch (error) {
        throw new Error(`mutant ${run}: ${Buffer.from(mutant).toString('hex')}`, { cause: error });
      }
    }
    // Enough of both, so that the test says something of either.
    expect(counts.decoded).to.be.greaterThan(MUTANTS / 10);
    expect(counts.refused).to.be.greaterThan(MUTANTS / 10);
  });

  it('are worked through in linear time, however long a datagram is', () => {
    // 324 decodings of 65000 octets take a second or two; quadratic work would meet the timeout above.
    let ended = 0;
    const ends = (attempt: () => unknown) => {
      valueOrDecodeError(attempt);
      ended += 1;
    };
    const long = 65_000;
    const patterns = [
      '00',
      '0E',
      '0E0F',
      '1E31000F',
      '65FFFFFFFFFF',
      '60',
      '7100',
      '21',
      '0C0000000519553E',
      '55',
      'F9',
      'FE21',
    ];
    for (const pattern of patterns) {
      const octets = new Uint8Array(Buffer.from(pattern.repeat(long / (pattern.length / 2)), 'hex'));
      ends(() => decodeValues(octets));
      for (const { decode } of [...Object.values(CONFIRMED), ...Object.values(ACKNOWLEDGED)]) {
        ends(() => decode(octets));
        ends(() => decode(new Uint8Array([0x11, 0x1e, 0x31, 0, 0x22, 0xff, 0xff, ...octets])));
      }
    }
    expect(ended).to.equal(12 * (1 + 13 * 2));
  });
});

function valueOrDecodeError(attempt: () => unknown): void {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
}

/**
 * What becomes of a datagram. What decoded is written again, and what was written means the same: the
 * second writing gives the same octets. Only values that we refuse to write may stop it.
 */
function outcome(datagram: Uint8Array): 'decoded' | 'refused' | 'unwritable' {
  let parts: ReturnType<typeof dissect>;
  try {
    parts = dissect(datagram, 'bvll');
  } catch (error) {
    if (error instanceof DecodeError) return 'refused';
    throw error;
  }
  let written: Uint8Array;
  try {
    written = assemble(parts, 'bvll');
  } catch (error) {
    if (error instanceof EncodeError) return 'unwritable';
    throw error;
  }
  const again = assemble(dissect(written, 'bvll'), 'bvll');
  if (!Buffer.from(again).equals(written)) {
    throw new Error(
      `written as ${Buffer.from(written).toString('hex')}, then as ${Buffer.from(again).toString('hex')}`,
    );
  }
  return 'decoded';
}

/** Every golden and malformed frame, dressed as a datagram where it is only a part of one. */
function datagramsOfGoldenFrames(): Uint8Array[] {
  return [...loadAllFrames(), ...loadMalformed()]
    .filter(({ octets }) => octets.length < 2000)
    .map(({ layer, octets }) => dressed(layer, octets));
}

function dressed(layer: Frame['layer'], octets: Uint8Array): Uint8Array {
  switch (layer) {
    case 'bvll':
      return octets;
    case 'npdu':
      return withHeader(octets);
    case 'apdu':
      return withHeader(new Uint8Array([1, 4, ...octets]));
    case 'values': {
      const ack = [0x30, 1, 0x0c, 0x0c, 2, 0, 7, 0xd1, 0x19, 0x4d, 0x3e, ...octets, 0x3f];
      return withHeader(new Uint8Array([1, 0, ...ack]));
    }
  }
}

function withHeader(npdu: Uint8Array): Uint8Array {
  return withLength(new Uint8Array([0x81, 0x0a, 0, 0, ...npdu]));
}

function withLength(datagram: Uint8Array): Uint8Array {
  if (datagram.length >= 4) new DataView(datagram.buffer).setUint16(2, datagram.length & 0xffff);
  return datagram;
}

/** One to four damages; then mostly with a length that is right, or nothing would get past it. */
function mutate(seed: Uint8Array, seeds: readonly Uint8Array[], random: () => number): Uint8Array {
  let octets = Array.from(seed);
  for (let damage = random() % 4; damage >= 0; damage -= 1) {
    const at = random() % (octets.length + 1);
    const end = at + (random() % 6);
    switch (random() % 7) {
      case 0:
        octets[at % Math.max(1, octets.length)] = random() & 0xff;
        break;
      case 1:
        octets[at % Math.max(1, octets.length)]! ^= 1 << (random() % 8);
        break;
      case 2:
        octets.splice(at, 0, random() & 0xff);
        break;
      case 3:
        octets.splice(at, end - at);
        break;
      case 4:
        octets.splice(at, 0, ...octets.slice(at, end));
        break;
      case 5:
        octets = [...octets.slice(0, at), ...Array.from(pick(seeds, random)).slice(random() % 20)];
        break;
      default:
        octets[at % Math.max(1, octets.length)] = pick([0, 0x0e, 0x0f, 0x1e, 0x1f, 0x65, 0xfe, 0xff], random);
    }
  }
  const mutant = Uint8Array.from(octets);
  if (random() % 8 === 0) return mutant;
  if (mutant.length >= 2 && random() % 16 !== 0) mutant[0] = 0x81;
  return withLength(mutant);
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[random() % from.length]!;
}

/** Mulberry32: the same mutants in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
