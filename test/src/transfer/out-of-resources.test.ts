// "Out of resources" to a request for a part of a file: too large when it took several segments, "later"
// when it took one APDU (asking's tooMuchFor, in the loops of run-download, run-upload and check-part).

import { expect } from 'chai';
import { AbortReason } from '../../../protocol/index.js';
import { checkPart } from '../../../src/transfer/check-part.js';
import { download, uploadFile } from '../../../src/transfer/index.js';
import { chunked, FakePort, FILE, no } from '../../support/file-port.js';
import { octetsOf } from '../../support/world.js';

const NO_RESOURCES = no({ kind: 'abort', reason: AbortReason.outOfResources, server: true });

async function read(port: FakePort): Promise<number[]> {
  const octets: number[] = [];
  const options = {
    access: 'stream',
    expected: port.content.length,
    mayResume: () => Promise.resolve(),
  } as const;
  for await (const { parts } of download(port, FILE, options)) {
    for (const part of parts) octets.push(...part);
  }
  return octets;
}

describe('a device without resources', () => {
  it('asks for less at once when the device has no resources for several segments', async () => {
    // rusty-bacnet answers so above 16384 octets, however long it is waited for.
    const port = new FakePort(
      octetsOf(5000),
      { read: ({ count }) => (count > 1000 ? NO_RESOURCES : undefined) },
      128,
      'both',
    );
    expect(await read(port)).to.deep.equal([...octetsOf(5000)]);
    expect(port.pausedMs).to.equal(0);
    expect(port.requests.slice(0, 2)).to.deep.equal(['read 0+1959', 'read 0+118']);
  });

  it('waits when the device has no resources for one APDU: less would not help', async () => {
    let refusals = 2;
    const port = new FakePort(octetsOf(300), {
      read: () => (refusals-- > 0 ? NO_RESOURCES : undefined),
    });
    expect(await read(port)).to.deep.equal([...octetsOf(300)]);
    expect(port.pausedMs).to.equal(1500);
    expect(port.requests.slice(0, 3)).to.deep.equal(['read 0+118', 'read 0+118', 'read 0+118']);
  });

  it('writes less at once when the device has no resources for several segments', async () => {
    const port = new FakePort(
      new Uint8Array(0),
      {
        write: (request) =>
          request.access === 'stream' && request.octets.length > 1000 ? NO_RESOURCES : undefined,
      },
      128,
      'both',
    );
    const content = octetsOf(3000);
    await uploadFile(port, FILE, { access: 'stream', total: 3000, present: 0 }, () => chunked(content, 700));
    expect(port.content).to.deep.equal(content);
    expect(port.pausedMs).to.equal(0);
  });

  it('is read back in smaller parts, without a pause', async () => {
    const port = new FakePort(
      octetsOf(3000),
      { read: ({ count }) => (count > 1000 ? NO_RESOURCES : undefined) },
      128,
      'both',
    );
    expect(await checkPart(port, FILE, 'stream', 0, [octetsOf(1900)])).to.equal('equal');
    expect(port.pausedMs).to.equal(0);
  });
});
