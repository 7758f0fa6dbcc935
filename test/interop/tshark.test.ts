// tshark as the judge of our frames: whole backups and restores of our client and our simulated device,
// recorded on loopback. Every frame must dissect as BACnet without a malformed part or an expert's word,
// and what tshark reads out of the frames must be what was done: states, positions, counts, octets.

import { expect } from 'chai';
import { Capture, type Item } from './support/capture.js';
import { PASSWORD } from './support/cli.js';
import { type DeviceOptions, INSTANCE, startSimulator } from './support/devices.js';
import { hex, record, stream, type TestFile } from './support/files.js';
import { stopPeers } from './support/peer.js';
import { boundWithin, freePorts } from './support/ports.js';
import { roundTripByCli, roundTripByLibrary } from './support/round-trip.js';

const LAN = { routerInstance: 9, linkNetwork: 1000, network: 2001, routerMac: 1, mac: 17 };
/** UDP ports, first and last, in which tshark guesses a traceroute. */
const TRACEROUTE = [33_435, 33_523] as const;
const UNPACED = { pace: { routed: { framesPerSecond: 2000, burst: 1000 } } };

interface Scenario {
  readonly title: string;
  readonly device: DeviceOptions;
  /** Whether segments must be seen: of requests, of answers. */
  readonly segments: boolean;
}

const streams = [stream(1, 9000), stream(2, 0), stream(3, 1), stream(4, 700)];
const records = [record(5, 0, 1, 300, 17, 0), record(6)];
const both = [...streams, ...records];

const scenarios: readonly Scenario[] = [
  {
    title: 'direct, unsegmented, 1476 octets',
    device: { files: both, segmentation: 'no-segmentation' },
    segments: false,
  },
  {
    title: 'direct, segmented both ways, 1476 octets',
    device: { files: [...both, record(7, 5000)] },
    segments: true,
  },
  {
    title: 'direct, segmented both ways, 206 octets',
    device: { files: both, maxApdu: 206, window: 3 },
    segments: true,
  },
  {
    title: 'direct, unsegmented, 50 octets',
    device: { files: [stream(1, 300), record(2, 0, 9, 20)], maxApdu: 50, segmentation: 'no-segmentation' },
    segments: false,
  },
  {
    title: 'routed, unsegmented, 480 octets',
    device: { files: both, maxApdu: 480, segmentation: 'no-segmentation', behind: LAN },
    segments: false,
  },
  {
    title: 'routed, segmented both ways, 480 octets',
    device: { files: both, maxApdu: 480, behind: LAN },
    segments: true,
  },
];

describe('tshark reads a whole backup and restore', () => {
  let capture: Capture | undefined;

  afterEach(async () => {
    await stopPeers();
    capture?.remove();
    capture = undefined;
  });

  for (const { title, device, segments } of scenarios) {
    it(`${title}: no frame malformed, and the same facts`, async () => {
      const { peer, port, target } = await startSimulator(device);
      capture = await Capture.start([port]);
      const routed = device.behind && `${INSTANCE}@${device.behind.network}:${device.behind.mac}@`;
      await roundTripByLibrary(
        routed ? target.replace(`${INSTANCE}@`, routed) : target,
        peer,
        device.files,
        UNPACED,
      );
      await capture.stop();
      expectClean(capture);
      expectProcedure(capture);
      expectContent(capture, device.files);
      const [requests, answers] = [0, 3].map((type) =>
        capture?.count(`bacapp.type == ${type} && bacapp.segmented_request == 1`),
      );
      if (segments) expect([requests, answers].every((count) => (count ?? 0) > 0)).to.equal(true);
      else expect([requests, answers]).to.deep.equal([0, 0]);
      expect(capture.count('bacnet.dnet == 2001') > 0).to.equal(device.behind !== undefined);
      expect(capture.count('bacnet.snet == 2001') > 0).to.equal(device.behind !== undefined);
    });
  }

  it('would say so if a frame were malformed', async () => {
    // From a port that the UDP dissector remarks on: its remark must not cover the other one.
    const [socket, [to]] = await Promise.all([boundWithin(TRACEROUTE), freePorts(1)]);
    capture = await Capture.start([to!]);
    const frame = '810a0011010400050a0c0c020003e9194c';
    // The same ReadProperty of device,1001, whose property identifier claims two octets and has none.
    const cut = '810a0010010400050a0c0c020003e91a';
    for (const sent of [frame, cut]) socket.send(Buffer.from(sent, 'hex'), to, '127.0.0.1');
    await capture.stop();
    socket.close();
    expect(capture.count('udp.possible_traceroute')).to.equal(2);
    expect(capture.count('_ws.malformed')).to.equal(1);
    expect(capture.remarks().map(([number]) => number)).to.deep.equal(['2']);
  });

  it('by the command line: no frame malformed, and the password as it was typed', async () => {
    const device = { files: [stream(1, 3000), record(2, 0, 50)] };
    const { peer, port, target } = await startSimulator(device);
    capture = await Capture.start([port]);
    await roundTripByCli(target, peer, device.files);
    await capture.stop();
    expectClean(capture);
    const passwords = capture.items('bacapp.type == 0 && bacapp.confirmed_service == 20');
    const shown = passwords.filter(({ show }) => show.startsWith('Password: '));
    expect(shown.length).to.be.above(0);
    expect(new Set(shown.map(({ value }) => value))).to.have.lengthOf(1);
    expect(shown[0]?.value).to.include(Buffer.from(PASSWORD).toString('hex'));
  });
});

/** Every frame is BACnet/IP whole, and the dissector has nothing to say. */
function expectClean(capture: Capture): void {
  expect(capture.count('frame')).to.be.above(20);
  expect(capture.fields('!(bvlc && bacnet)', 'frame.number', '_ws.col.Info')).to.deep.equal([]);
  expect(capture.fields('!bacapp && !bacnet.mesgtyp', 'frame.number', '_ws.col.Info')).to.deep.equal([]);
  expect(capture.fields('_ws.malformed', 'frame.number', '_ws.col.Info')).to.deep.equal([]);
  expect(capture.remarks()).to.deep.equal([]);
}

/** The states that were asked for: backup, verify, undo image, restore, proof, verify; each START with its END. */
function expectProcedure(capture: Capture): void {
  const asked = capture
    .items('bacapp.type == 0 && bacapp.confirmed_service == 20')
    .map(({ show }) => /^reinitialized State Of Device: +(\S+) \(\d\)/i.exec(show)?.[1])
    .filter((state) => state !== undefined);
  const reading = ['start-backup', 'end-backup'];
  const writing = ['start-restore', 'end-restore'];
  const restoring = [...reading, ...writing, ...reading];
  expect(asked).to.deep.equal([...reading, ...reading, ...restoring, ...reading]);
  expect(capture.count('bacapp.type == 2 && bacapp.confirmed_service == 20')).to.equal(asked.length);
}

/** What a file service carried: one entry a request or acknowledgement. */
interface Carried {
  readonly file: number | undefined;
  readonly start: number;
  /** The octet strings: one of a stream, or the records. */
  readonly octets: readonly string[];
}

/**
 * The file data in requests (AtomicWriteFile, type 0) or acknowledgements (AtomicReadFile, type 3), in the
 * order of the capture. An acknowledgement does not name its file: the request with its invoke id does.
 */
function carried(items: readonly Item[], type: '0' | '3'): Carried[] {
  const found: { file: number | undefined; start: number; octets: string[] }[] = [];
  const files = new Map<string, number>();
  let [current, invoke] = ['', ''];
  for (const { name, show, value } of items) {
    if (name === 'bacapp.type') current = show;
    if (name === 'bacapp.invoke_id') invoke = show;
    if (name === 'bacapp.instance_number') files.set(invoke, Number(show));
    if (current !== type) continue;
    const start = /^File Start (?:Position|Record): \(Signed\) (-?\d+)/.exec(show)?.[1];
    if (start !== undefined) found.push({ file: files.get(invoke), start: Number(start), octets: [] });
    // An empty octet string has a tag and nothing more to show.
    const empty = show === 'Application Tag: Octet String, Length/Value/Type: 0';
    if (empty || /^(?:File|Record) Data: /.test(show)) found.at(-1)?.octets.push(empty ? '' : value);
  }
  return found;
}

/** What tshark reads out of the first reading and of the writing is each file, in order and without a gap. */
function expectContent(capture: Capture, files: readonly TestFile[]): void {
  const reads = carried(capture.items('bacapp.confirmed_service == 6 && bacapp.type in {0, 3}'), '3');
  const writes = carried(capture.items('bacapp.confirmed_service == 7 && bacapp.type == 0'), '0');
  for (const file of files) {
    const ofFile = (all: readonly Carried[]): Carried[] => all.filter((one) => one.file === file.instance);
    const read = ofFile(reads);
    const again = read.findIndex(({ start }, at) => at > 0 && start === 0);
    expectParts(file, read.slice(0, again));
    expectParts(file, ofFile(writes));
  }
}

function expectParts(file: TestFile, parts: readonly Carried[]): void {
  const name = `file,${file.instance}`;
  let next = 0;
  for (const { start, octets } of parts) {
    expect(start, name).to.equal(next);
    next += file.access === 'stream' ? octets.join('').length / 2 : octets.length;
  }
  const all = parts.flatMap(({ octets }) => octets);
  if (file.access === 'record') expect(all, name).to.deep.equal(file.records.map(hex));
  else expect(all.join(''), name).to.equal(hex(file.content));
}
