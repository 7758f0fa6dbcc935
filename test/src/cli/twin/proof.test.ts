// The proof of a drill: whatever differs between the twin's memory and the image is seen, to the last octet
// and record boundary.

import { expect } from 'chai';
import { createDevice, deviceConfig, type DeviceView, type FileConfig } from '../../../../simulator/index.js';
import { type FileProof, fileTitle, proveTwin } from '../../../../src/cli/twin/proof.js';
import { octetsOf, recordFile, Stage, streamFile } from '../../../support/world.js';

const STREAM = streamFile(1, 150_000);
const FILES = [STREAM, recordFile(2, [5, 0, 7]), streamFile(3, 0), recordFile(4, [])];

async function proven(
  spoil: (twin: DeviceView) => void,
  files: readonly FileConfig[] = FILES,
): Promise<FileProof[]> {
  const stage = await Stage.open({ device: { files: FILES } });
  const image = await stage.repository.image((await stage.backup()).imageId);
  const twin = createDevice(deviceConfig({ files }));
  spoil(twin);
  return proveTwin(twin, stage.repository, image);
}

const records = (...lengths: readonly number[]): Uint8Array[] =>
  lengths.map((length, index) => octetsOf(length, 2 + index));

const DIFFERENCES: readonly (readonly [
  what: string,
  spoil: (twin: DeviceView) => void,
  file: number,
  problem: RegExp,
])[] = [
  ['the last octet', (twin) => twin.setFile(1, withOctet(149_999), 0), 1, /octet 149999 on/],
  ['an octet in a later chunk', (twin) => twin.setFile(1, withOctet(70_000), 0), 1, /octet 70000 on/],
  ['a missing end', (twin) => twin.setFile(1, STREAM.content.slice(0, -1), 0), 1, /octet 149999 on/],
  ['one octet more', (twin) => twin.setFile(1, longer(), 0), 1, /has 150001 octets/],
  ['octets in an empty file', (twin) => twin.setFile(3, Uint8Array.of(0), 0), 3, /has 1 octets/],
  [
    'an octet of a record',
    (twin) => twin.setFile(2, [Uint8Array.of(1, 2, 3, 4, 5), ...records(5, 0, 7).slice(1)], 0),
    2,
    /record 0 on/,
  ],
  ['a boundary between the same octets', (twin) => twin.setFile(2, moved(), 0), 2, /record 0 on/],
  [
    'an empty record that is not there',
    (twin) => twin.setFile(2, [records(5)[0]!, records(0, 0, 7)[2]!], 0),
    2,
    /record 1 on/,
  ],
  [
    'a record more',
    (twin) => twin.setFile(2, [...records(5, 0, 7), new Uint8Array(0)], 0),
    2,
    /has 4 records/,
  ],
  ['a record less', (twin) => twin.setFile(2, records(5, 0), 0), 2, /record 2 on/],
  ['the other access', (twin) => twin.setFile(3, [], 0), 3, /has record access/],
  ['no such file', (twin) => twin.removeFile(4), 4, /no such file/],
];

function withOctet(at: number): Uint8Array {
  const octets = STREAM.content.slice();
  octets[at] = (octets[at] ?? 0) ^ 1;
  return octets;
}

function longer(): Uint8Array {
  const octets = new Uint8Array(STREAM.content.length + 1);
  octets.set(STREAM.content);
  return octets;
}

/** The same octets in other records. */
function moved(): Uint8Array[] {
  const [first = new Uint8Array(0), , last = new Uint8Array(0)] = records(5, 0, 7);
  return [first.slice(0, 4), first.slice(4), last];
}

describe('the proof of a drill', () => {
  it('calls a twin equal that holds every octet and every boundary', async () => {
    expect(await proven(() => undefined)).to.deep.equal([
      { file: 1, access: 'stream', equal: true, octets: 150_000 },
      { file: 2, access: 'record', equal: true, octets: 12, records: 3 },
      { file: 3, access: 'stream', equal: true, octets: 0 },
      { file: 4, access: 'record', equal: true, octets: 0, records: 0 },
    ]);
  });

  for (const [what, spoil, file, problem] of DIFFERENCES) {
    it(`sees ${what}`, async () => {
      const unequal = (await proven(spoil)).filter((proof) => !proof.equal);
      expect(unequal).to.have.length(1);
      expect(unequal[0]).to.include({ file });
      expect(unequal[0]?.problem).to.match(problem);
    });
  }

  it('sees a configuration file that the image does not have', async () => {
    const more = await proven(() => undefined, [...FILES, streamFile(9, 1)]);
    expect(more.at(-1)).to.include({ file: 9, equal: false, problem: 'it is not in the image' });
    const other = await proven(() => undefined, [...FILES, { ...streamFile(9, 1), configuration: false }]);
    expect(other.every(({ equal }) => equal)).to.equal(true);
  });

  it('names files as BACnet does', () => expect(fileTitle({ file: 12 })).to.equal('file,12'));
});
