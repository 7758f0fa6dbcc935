// The device on its link (device, device-state, device-files, bare-answer, refused): who hears what and
// when, what keeps a procedure alive, and what a restart forgets.

import { expect } from 'chai';
import {
  ConfirmedService as Service,
  decodeReadFileAck,
  encodeReadFileRequest,
  PropertyId as P,
} from '../../../protocol/index.js';
import { createDevice, deviceConfig, World } from '../../../simulator/index.js';
import type { Quirk } from '../../../simulator/types.js';
import {
  bench,
  device,
  DEVICE_ADDRESS,
  file,
  octets,
  ramp,
  record,
  stream,
  TestClient,
  unsigned,
  words,
} from '../support.js';

const files = [stream(1, ramp(10)), stream(2, ramp(5), { configuration: false })];

describe('device', () => {
  describe('Who-Is', () => {
    it('says I-Am when it starts, with its limits and vendor', async () => {
      const { client, world } = bench({ vendorId: 999, limits: { maxApdu: 480, segmentation: 'none' } });
      await world.advance(5);
      expect(client.announcements).to.deep.equal([
        { device: 1001, maxApdu: 480, segmentation: 'none', vendorId: 999 },
      ]);
      expect(client.announcedFrom).to.deep.equal([{ link: DEVICE_ADDRESS }]);
    });

    const ranges: [string, { low?: number; high?: number }, number][] = [
      ['no range', {}, 1],
      ['its own instance', { low: 1001, high: 1001 }, 1],
      ['a range around it', { low: 0, high: 4194303 }, 1],
      ['a range below it', { low: 0, high: 1000 }, 0],
      ['a range above it', { low: 1002, high: 4194303 }, 0],
    ];
    for (const [what, range, answers] of ranges) {
      it(`with ${what} is answered ${answers} times`, async () => {
        const { client, world } = bench();
        await world.advance(5);
        client.announcements.length = 0;
        client.whoIs(range);
        await world.advance(5);
        expect(client.announcements).to.have.length(answers);
      });
    }

    it('is answered by broadcast, also when it came alone, or to the asker alone when so described', async () => {
      for (const [announces, heard] of [
        ['broadcast', 1],
        ['unicast', 0],
      ] as const) {
        const { client, world } = bench({ announces });
        const bystander = new TestClient(world, '10.0.0.3:47808');
        await world.advance(5);
        bystander.announcements.length = client.announcements.length = 0;
        client.whoIs({}, { link: DEVICE_ADDRESS });
        await world.advance(5);
        expect(client.announcements).to.have.length(1);
        expect(bystander.announcements).to.have.length(heard);
      }
    });
  });

  describe('Backup_Failure_Timeout', () => {
    const alive: [string, (b: ReturnType<typeof bench>) => Promise<unknown>, boolean][] = [
      ['reading a configuration file', (b) => b.client.readFile(1, 'stream', 0, 1), true],
      ['a property of a configuration file', (b) => b.client.value(file(1), P.fileSize), true],
      [
        'many properties of a configuration file',
        (b) => b.client.readMultiple([{ object: file(1), properties: [{ property: P.all }] }]),
        true,
      ],
      ['writing to a configuration file, though refused', (b) => b.client.writeFile(1, 0, octets(1)), true],
      [
        'writing a property of a configuration file',
        (b) => b.client.writeProperty(file(1), P.archive, [{ type: 'boolean', value: true }]),
        true,
      ],
      ['a property of the Device object', (b) => b.client.value(device(), P.backupAndRestoreState), false],
      ['another file', (b) => b.client.readFile(2, 'stream', 0, 1), false],
      [
        'writing a property of the Device object',
        (b) => b.client.writeProperty(device(), P.backupFailureTimeout, [unsigned(10)]),
        false,
      ],
      ['a file that does not exist', (b) => b.client.readFile(99, 'stream', 0, 1), false],
      ['an END of another procedure', (b) => b.client.reinitialize('endRestore'), false],
    ];
    for (const [what, touch, keeps] of alive) {
      it(`${keeps ? 'starts again' : 'runs on'} with ${what}`, async () => {
        const made = bench({ files, procedure: { backupFailureTimeoutS: 10 } });
        await made.client.reinitialize('startBackup');
        for (let i = 0; i < 3; i++) {
          await made.world.advance(6000);
          await touch(made);
        }
        expect(made.device.backupState === 3).to.equal(keeps);
      });
    }

    it('starts again with CreateObject and AtomicWriteFile during a restore', async () => {
      const { client, world, device: view } = bench({ files, procedure: { backupFailureTimeoutS: 10 } });
      await client.reinitialize('startRestore');
      for (let i = 0; i < 4; i++) {
        await world.advance(6000);
        await (i % 2 === 0
          ? client.createObject({ object: file(50 + i) })
          : client.writeFile(1, 0, octets(1)));
      }
      expect(view.backupState).to.equal(4);
    });

    it('begins when the device is prepared, not at START', async () => {
      const {
        client,
        world,
        device: view,
      } = bench({
        files,
        procedure: { backupFailureTimeoutS: 10, backupPreparationMs: 60_000 },
      });
      await client.reinitialize('startBackup');
      await world.advance(69_000);
      expect(view.backupState).to.equal(3);
      await world.advance(2000);
      expect(view.backupState).to.equal(5);
    });

    it('leads to a failure state, or to idle in devices that do so; both accept a new START', async () => {
      for (const [watchdogLeadsTo, backup, restore] of [
        ['failure', 5, 6],
        ['idle', 0, 0],
      ] as const) {
        const {
          client,
          world,
          device: view,
        } = bench({ files, procedure: { backupFailureTimeoutS: 5, watchdogLeadsTo } });
        expect(await client.reinitialize('startBackup')).to.equal('ack');
        await world.advance(6000);
        expect(view.backupState).to.equal(backup);
        expect(await client.reinitialize('startRestore')).to.equal('ack');
        await world.advance(6000);
        expect(view.backupState).to.equal(restore);
        expect(await client.reinitialize('startBackup')).to.equal('ack');
      }
    });
  });

  describe('preparation', () => {
    it('takes its time, and shows in the state', async () => {
      const { client, world } = bench({ files, procedure: { backupPreparationMs: 5000 } });
      await client.reinitialize('startBackup');
      expect(await client.value(device(), P.backupAndRestoreState)).to.equal(1);
      expect(await client.value(device(), P.systemStatus)).to.equal(5);
      await world.advance(5000);
      expect(await client.value(device(), P.backupAndRestoreState)).to.equal(3);
    });

    it('may be silent: the START is acknowledged, then nothing, then everything', async () => {
      const { client, world } = bench({
        files,
        procedure: { restorePreparationMs: 5000, answersWhilePreparing: false },
      });
      expect(await client.reinitialize('startRestore')).to.equal('ack');
      client.announcements.length = 0;
      client.whoIs();
      expect(await client.value(device(), P.backupAndRestoreState)).to.equal('no answer after 1 attempt');
      expect(client.announcements).to.have.length(0);
      await world.advance(2500);
      expect(await client.value(device(), P.backupAndRestoreState)).to.equal(4);
    });
  });

  describe('completion', () => {
    it('takes its time: the state stays, then idle, with 155 and 157 changed only then', async () => {
      const { client, world, device: view } = bench({ files, procedure: { restoreCompletionMs: 5000 } });
      await client.reinitialize('startRestore');
      expect(await client.reinitialize('endRestore')).to.equal('ack');
      expect([view.backupState, view.systemStatus, view.databaseRevision]).to.deep.equal([4, 3, 1]);
      await world.advance(5000);
      expect([view.backupState, view.systemStatus, view.databaseRevision]).to.deep.equal([0, 0, 2]);
      expect(await client.readProperty(device(), P.lastRestoreTime)).to.deep.equal([
        {
          type: 'constructed',
          tag: 2,
          values: [
            { type: 'date', year: 2026, month: 1, day: 1, weekday: 4 },
            { type: 'time', hour: 0, minute: 0, second: 5, hundredths: 0 },
          ],
        },
      ]);
    });

    it('may restart the device: silent, then I-Am, then idle', async () => {
      const { client, world, events } = bench({
        files,
        procedure: { restoreCompletionMs: 5000, restartsAfterRestore: true },
      });
      await client.reinitialize('startRestore');
      expect(await client.reinitialize('endRestore')).to.equal('ack');
      client.announcements.length = 0;
      expect(await client.value(device(), P.systemStatus)).to.equal('no answer after 1 attempt');
      await world.advance(2500);
      expect(client.announcements.map((a) => a.device)).to.deep.equal([1001]);
      expect(await client.value(device(), P.backupAndRestoreState)).to.equal(0);
      expect(events.map((e) => e.kind)).to.deep.equal([
        'state',
        'state',
        'state',
        'restarting',
        'state',
        'restored',
      ]);
    });

    it('says I-Am once also when its restart takes no time', async () => {
      const { client, world } = bench({ files, procedure: { restartsAfterRestore: true } });
      await client.reinitialize('startRestore');
      client.announcements.length = 0;
      expect(await client.reinitialize('endRestore')).to.equal('ack');
      await world.advance(100);
      expect(client.announcements).to.have.length(1);
    });

    it('does not happen after an ABORT: nothing is activated, what was written stays written', async () => {
      const { client, device: view, events } = bench({ files, procedure: { restartsAfterRestore: true } });
      await client.reinitialize('startRestore');
      await client.writeFile(1, 0, octets(99));
      await client.reinitialize('abortRestore');
      expect(view.databaseRevision).to.equal(1);
      expect(view.fileOctets(1)![0]).to.equal(99);
      expect(events.some((e) => e.kind === 'restored' || e.kind === 'restarting')).to.equal(false);
    });
  });

  describe('restart', () => {
    it('forgets the procedure and the transactions, and comes back', async () => {
      const { client, world, device: view } = bench({ files });
      await client.reinitialize('startRestore');
      const pending = client.request(Service.readProperty, octets(0x0c, 2, 0, 3, 0xe9, 0x19, 77));
      view.restart(10_000, world.clock.now());
      expect(words(await world.run(pending))).to.equal('no answer after 1 attempt');
      client.announcements.length = 0;
      await world.advance(10_000);
      expect(client.announcements).to.have.length(1);
      expect(view.backupState).to.equal(0);
      expect(await client.value(device(), P.systemStatus)).to.equal(0);
    });
  });

  describe('view', () => {
    it('shows files as they are, and gives copies', () => {
      const view = createDevice(deviceConfig({ files: [...files, record(3, [octets(1), octets(2, 3)])] }));
      expect(view.files).to.deep.equal([
        { instance: 1, name: 'File 1', access: 'stream', size: 10, configuration: true },
        { instance: 2, name: 'File 2', access: 'stream', size: 5, configuration: false },
        { instance: 3, name: 'File 3', access: 'record', size: 2, configuration: true },
      ]);
      view.fileOctets(1)!.fill(0);
      expect(view.fileOctets(1)).to.deep.equal(ramp(10));
      expect(view.fileOctets(3)).to.deep.equal(octets(1, 2, 3));
      expect(view.fileRecords(3)).to.deep.equal([octets(1), octets(2, 3)]);
      expect(view.fileRecords(1)).to.equal(undefined);
      expect(view.fileOctets(9)).to.equal(undefined);
    });

    it('replaces and removes files', () => {
      const view = createDevice(deviceConfig({ files }));
      view.setFile(1, [octets(7)], 0);
      expect(view.fileRecords(1)).to.deep.equal([octets(7)]);
      view.removeFile(1);
      expect(view.files.map((f) => f.instance)).to.deep.equal([2]);
      expect(() => view.setFile(1, octets(), 0)).to.throw(RangeError, 'no file 1');
    });
  });

  it('hears nothing that is not BACnet, and stays as it was', async () => {
    const { client, world } = bench({ files });
    const noise = world.transport('10.0.0.66:1');
    for (const junk of [
      octets(),
      octets(0x81),
      octets(0x81, 0x0a, 0, 4),
      ramp(200),
      octets(0x81, 0x0a, 0, 6, 1, 0),
    ])
      noise.send(junk, DEVICE_ADDRESS);
    await world.advance(5);
    expect(await client.value(device(), P.systemStatus)).to.equal(0);
  });

  it('answers two clients at once, each with its own', async () => {
    const { client, world } = bench({ files: [stream(1, ramp(5000))] });
    const other = new TestClient(world, '10.0.0.3:47808', {
      limits: { maxApdu: 128, segmentation: 'both', maxSegments: 64 },
    });
    const read = (start: number): Uint8Array =>
      encodeReadFileRequest({ file: file(1), access: 'stream', start, count: 2000 });
    const both = Promise.all([
      client.request(Service.atomicReadFile, read(0)),
      other.request(Service.atomicReadFile, read(7)),
    ]);
    const [one, two] = await world.run(both);
    for (const [outcome, start] of [
      [one, 0],
      [two, 7],
    ] as const) {
      if (outcome.kind !== 'ack') throw new Error(outcome.kind);
      const ack = decodeReadFileAck(outcome.payload);
      expect(ack.access === 'stream' && ack.octets).to.deep.equal(ramp(5000).subarray(start, start + 2000));
    }
  });

  it('gives the first quirk that answers the word', async () => {
    const quirk = (name: string, reason: number | undefined): Quirk => ({
      name,
      summary: '',
      beforeRequest: () => (reason === undefined ? undefined : { kind: 'reject', reason }),
    });
    const quirks = [quirk('declines', undefined), quirk('first', 1), quirk('second', 2)];
    const { client } = bench({ quirks });
    expect(await client.value(device(), P.objectName)).to.equal('REJECT: BUFFER_OVERFLOW');
  });

  it('sends the same datagrams again in the same world', async () => {
    const run = async (): Promise<string> => {
      const world = new World({ seed: 4, link: { jitterMs: 30, lossRate: 0.05 } });
      const client = new TestClient(world, undefined, { retries: 3, apduTimeoutMs: 500 });
      world.add(createDevice(deviceConfig({ files })), DEVICE_ADDRESS);
      for (let i = 0; i < 20; i++) await client.readFile(1, 'stream', 0, 5);
      return world.traceHash;
    };
    expect(await run()).to.equal(await run());
  });
});
