// The promise of reading ahead: answers are given in order and as if each had been asked for alone; what came while
// others were out is given away only when it is whole; and nothing is on its way when `drop` is over.

import { expect } from 'chai';
import type { ReadFileAck, ReadFileRequest } from '../../../protocol/index.js';
import type { Reply } from '../../../src/client/index.js';
import { ReadWindow } from '../../../src/pacing/index.js';
import { ReadAhead } from '../../../src/transfer/read-ahead.js';
import { FileChanged } from '../../../src/transfer/index.js';
import { error, FakePort, FILE, SILENCE } from '../../support/file-port.js';

const CHUNK = 10;

/** A port whose answers come when the test says so. */
class SlowPort extends FakePort {
  readonly out: {
    readonly request: ReadFileRequest;
    readonly give: (reply?: Reply<ReadFileAck>) => Promise<void>;
  }[] = [];

  override readFile(request: ReadFileRequest): Promise<Reply<ReadFileAck>> {
    return new Promise((settle) => {
      const entry = {
        request,
        give: async (reply = this.honestRead(request)): Promise<void> => {
          this.out.splice(this.out.indexOf(entry), 1);
          settle(reply);
          await Promise.resolve();
          await Promise.resolve();
        },
      };
      this.out.push(entry);
    });
  }

  get starts(): number[] {
    return this.out.map(({ request }) => request.start);
  }
}

const content = Uint8Array.from({ length: 100 }, (_, i) => i);

function setUp(size = 3) {
  const port = new SlowPort(content);
  const window = new ReadWindow();
  Object.defineProperty(window, 'size', { get: () => size, configurable: true });
  const ahead = new ReadAhead(port, FILE, window, {
    expected: content.length,
    sizeAt: (start) => Math.min(CHUNK, content.length - start),
  });
  const refused = (): void => {
    Object.defineProperty(window, 'size', { get: () => 1 });
  };
  window.refused = refused;
  window.silent = refused;
  return { port, window, ahead };
}

const octetsOf = (reply: Reply<ReadFileAck>): number[] =>
  reply.ok && reply.value.access === 'stream' ? [...reply.value.octets] : [];

describe('reading ahead', () => {
  it('asks for as many parts as may be out, and gives them in order', async () => {
    const { port, ahead } = setUp();
    const first = ahead.read(0, CHUNK, false);
    await Promise.resolve();
    expect(port.starts).to.deep.equal([0, 10, 20]);
    await port.out[1]!.give();
    expect(port.starts, 'room for one more').to.deep.equal([0, 20, 30]);
    await port.out[0]!.give();
    expect(octetsOf(await first)).to.deep.equal([...content.slice(0, 10)]);
    expect(octetsOf(await ahead.read(10, CHUNK, false)), 'was there already').to.deep.equal([
      ...content.slice(10, 20),
    ]);
  });

  it('asks for nothing beyond the end', async () => {
    const { port, ahead } = setUp(64);
    void ahead.read(80, CHUNK, false);
    await Promise.resolve();
    expect(port.starts).to.deep.equal([80, 90]);
  });

  for (const [what, reply] of [
    ['an error', error(5)],
    [
      'octets of another position',
      { ok: true, value: { access: 'stream', endOfFile: false, start: 10, octets: content.slice(10, 20) } },
    ],
    [
      'fewer octets',
      { ok: true, value: { access: 'stream', endOfFile: false, start: 0, octets: content.slice(0, 4) } },
    ],
  ] as const) {
    it(`does not believe ${what} while others are out: reads again, alone`, async () => {
      const { port, ahead } = setUp();
      const first = ahead.read(0, CHUNK, false);
      await Promise.resolve();
      await port.out[0]!.give(reply);
      expect(port.starts, 'nothing is asked before the others are over').to.deep.equal([10, 20]);
      await port.out[0]!.give();
      await port.out[0]!.give();
      await new Promise((turn) => setImmediate(turn));
      expect(port.starts).to.deep.equal([0]);
      await port.out[0]!.give();
      expect(octetsOf(await first)).to.deep.equal([...content.slice(0, 10)]);
    });
  }

  it('gives silence to its reader, and keeps what came whole', async () => {
    const { port, ahead } = setUp();
    const first = ahead.read(0, CHUNK, false);
    await Promise.resolve();
    await port.out[1]!.give();
    await port.out[0]!.give(SILENCE);
    while (port.out.length > 0) await port.out[0]!.give(SILENCE);
    expect((await first).ok).to.equal(false);
    const again = ahead.read(0, CHUNK, false);
    await Promise.resolve();
    expect(port.starts).to.deep.equal([0]);
    await port.out[0]!.give();
    await again;
    expect(octetsOf(await ahead.read(10, CHUNK, false))).to.deep.equal([...content.slice(10, 20)]);
    expect(port.starts, 'what came before the silence is not asked for again').to.not.include(10);
  });

  it('has nothing on its way when it was dropped', async () => {
    const { port, ahead } = setUp();
    void ahead.read(0, CHUNK, false);
    await Promise.resolve();
    let over = false;
    const dropped = ahead.drop().then(() => (over = true));
    while (port.out.length > 0) {
      expect(over).to.equal(false);
      await port.out[0]!.give();
    }
    await dropped;
    expect(port.starts).to.deep.equal([]);
  });

  it('proves what was read together by reading some of it alone', async () => {
    const { port, ahead, window } = setUp();
    const first = ahead.read(0, CHUNK, false);
    await Promise.resolve();
    while (port.out.length > 0) await port.out[0]!.give();
    await first;
    await ahead.drop();
    const proof = ahead.prove().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    await Promise.resolve();
    const octets = Uint8Array.from(content.slice(0, 10)).fill(0, 3, 4);
    await port.out[0]!.give({ ok: true, value: { access: 'stream', endOfFile: false, start: 0, octets } });
    expect(await proof).to.be.instanceOf(FileChanged);
    expect(window.provenTo).to.equal(1);
  });
});
