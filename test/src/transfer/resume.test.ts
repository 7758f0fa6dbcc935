// After an outage a transfer goes on only in the same file of a device that is still ours.

import { expect } from 'chai';
import { EngineError } from '../../../src/errors.js';
import { FileChanged, resumeUnchanged } from '../../../src/transfer/index.js';
import { FakePort, FILE } from '../../support/file-port.js';
import { octetsOf } from '../../support/world.js';

async function thrownBy(act: Promise<void>): Promise<unknown> {
  return act.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('resuming a transfer', () => {
  it('says where it goes on, and after how long', async () => {
    const port = new FakePort(octetsOf(9));
    await resumeUnchanged(port, FILE, 'stream', { fileSize: 9 })(4, 20_000);
    expect(port.resumptions).to.deep.equal(['4 after 20000 ms']);
  });

  it('is not done in a file of another size', async () => {
    const port = new FakePort(octetsOf(9));
    const thrown = await thrownBy(resumeUnchanged(port, FILE, 'stream', { fileSize: 8 })(4, 20_000));
    expect(thrown).to.be.instanceOf(FileChanged);
    expect(String(thrown)).to.contain('during an interruption at 4 File_Size was 8 and is 9');
    expect(port.resumptions).to.deep.equal([]);
  });

  it('is not done on a device that has left the procedure', async () => {
    const port = new FakePort(octetsOf(9));
    const left = new EngineError('procedure-failed', 'it left');
    port.ours = () => Promise.reject(left);
    expect(await thrownBy(resumeUnchanged(port, FILE, 'stream', { fileSize: 9 })(4, 1))).to.equal(left);
  });
});
