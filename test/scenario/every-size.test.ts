// The promise of the product over the whole grid: every max APDU, every kind of segmentation, direct and
// behind a router, sizes at the edges of a chunk, and ten mebibytes. An image equals the device's octets
// and record boundaries, and a restored device equals its image.

import { expect } from 'chai';
import type { FileConfig } from '../../simulator/index.js';
import { streamOctets } from '../../src/pacing/index.js';
import { octetsOf, Stage, type StageOptions, streamFile } from '../support/world.js';

const MEBIBYTE = 1024 * 1024;

type Content = readonly Uint8Array[];

function contents({ view }: Stage): Map<number, Content> {
  return new Map(
    view.files.map(({ instance }) => [
      instance,
      view.fileRecords(instance) ?? [view.fileOctets(instance) ?? octetsOf(0)],
    ]),
  );
}

function copied(all: Map<number, Content>): Map<number, Content> {
  return new Map([...all].map(([instance, parts]) => [instance, parts.map((part) => part.slice())]));
}

/** Octet for octet and boundary for boundary; Buffer.compare, because deep equality of megabytes takes minutes. */
function expectSame(found: Content, wanted: Content, what: string): void {
  expect(
    found.map((part) => part.length),
    `${what}: lengths`,
  ).to.deep.equal(wanted.map((part) => part.length));
  found.forEach((part, i) => {
    expect(Buffer.compare(part, wanted[i] ?? octetsOf(0)), `${what}: part ${i}`).to.equal(0);
  });
}

async function imageContents(stage: Stage, imageId: string): Promise<Map<number, Content>> {
  const { manifest } = await stage.repository.image(imageId);
  const all = new Map<number, Content>();
  for (const file of manifest.files) {
    const parts: Uint8Array[] = [];
    const source =
      file.accessMethod === 'record' ? stage.repository.records(file) : stage.repository.content(file);
    for await (const part of source) parts.push(part.slice());
    all.set(file.instance, file.accessMethod === 'record' ? parts : [Buffer.concat(parts)]);
  }
  return all;
}

/** Backup, damage, restore, and every comparison that there is. */
async function provenRoundTrip(options: StageOptions): Promise<void> {
  const stage = await Stage.open(options);
  const original = copied(contents(stage));
  const backup = await stage.backup();
  for (const [instance, parts] of await imageContents(stage, backup.imageId)) {
    expectSame(parts, original.get(instance) ?? [], `image, file ${instance}`);
  }
  for (const { instance, access, size } of stage.view.files) {
    const damage =
      access === 'stream' ? octetsOf(Math.ceil(size / 2) + 7, 5) : [octetsOf(3, 5), octetsOf(1, 6)];
    stage.view.setFile(instance, damage, stage.now);
  }
  const restore = await stage.restore(backup.imageId);
  expect(restore).to.deep.include({ readBack: 'equal', unproven: [], release: 'released' });
  for (const [instance, parts] of contents(stage)) {
    expectSame(parts, original.get(instance) ?? [], `device, file ${instance}`);
  }
  expect((await stage.verify(backup.imageId)).equal).to.equal(true);
  stage.expectFree();
}

/** Lengths at which a chunk of `octets` begins to be too small, and the two smallest. */
function edges(octets: number): number[] {
  return [0, 1, octets - 1, octets, octets + 1];
}

function filesAtTheEdges(maxApdu: number, recordsMax: number): FileConfig[] {
  const read = streamOctets('read', maxApdu, 1, 0);
  const write = streamOctets('write', maxApdu, 1, 0);
  const lengths = [...new Set([...edges(read), ...edges(write)])];
  const streams = lengths.map((length, i) => streamFile(i + 1, length));
  // The longest records that still travel in one APDU each way: a record header is at most two octets more.
  const records = edges(Math.min(recordsMax, write) - 8).map((length, i) => octetsOf(length, 40 + i));
  return [
    ...streams,
    { instance: 101, access: 'record', records },
    { instance: 102, access: 'record', records: [] },
    { instance: 103, access: 'record', records: [octetsOf(0)] },
  ];
}

describe('every size, exact both ways', () => {
  for (const path of ['direct', 'routed'] as const) {
    for (const maxApdu of [50, 128, 206, 480, 1024, 1476]) {
      for (const segmentation of ['none', 'transmit', 'receive', 'both'] as const) {
        it(`${path}, max APDU ${maxApdu}, segmentation ${segmentation}`, async () => {
          await provenRoundTrip({
            device: {
              limits: { maxApdu, segmentation, maxSegments: 16 },
              files: filesAtTheEdges(maxApdu, path === 'routed' ? 440 : maxApdu),
            },
            ...(path === 'routed' && { lane: {} }),
          });
        });
      }
    }
  }

  const stream = streamFile(1, 10 * MEBIBYTE);
  const records = Array.from({ length: 10 * 1024 }, (_, i) => octetsOf(1024, i));

  it('10 MiB as a stream, one chunk an APDU', async () => {
    await provenRoundTrip({ device: { limits: { maxApdu: 1476, segmentation: 'none' }, files: [stream] } });
  }).timeout(120_000);

  it('10 MiB as a stream and 10 MiB as records, segmented both ways', async () => {
    const files: FileConfig[] = [stream, { instance: 2, access: 'record', records }];
    await provenRoundTrip({
      device: { limits: { maxApdu: 1476, segmentation: 'both', maxSegments: 64 }, files },
    });
  }).timeout(120_000);
});
