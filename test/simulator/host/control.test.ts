// What an operator can do to running devices (control), and what bacvault-sim prints (report).

import { expect } from 'chai';
import { createDevice, deviceConfig, type SimulatedDevice } from '../../../simulator/index.js';
import { Control } from '../../../simulator/host/control.js';
import { allReadyLine, eventLine, readyLine } from '../../../simulator/host/report.js';
import { octets, ramp, record, stream } from '../support.js';

const files = [
  stream(1, ramp(150), { name: 'app one' }),
  record(2, [octets(1), octets(2), octets(3)], { name: 'table' }),
  stream(3, octets()),
];

function setup(count = 1): { control: Control; devices: SimulatedDevice[]; did: string[] } {
  const devices = Array.from({ length: count }, (_, i) =>
    createDevice(deviceConfig({ instance: 1001 + i, files })),
  );
  const did: string[] = [];
  const control = new Control(devices, {
    now: () => 5,
    quit: () => void did.push('quit'),
    dump: (device, folder) => {
      did.push(`dump ${device.instance} ${folder}`);
      return folder === 'bad' ? Promise.reject(new Error('no space')) : Promise.resolve('dumped');
    },
  });
  return { control, devices, did };
}

describe('control', () => {
  it('shows states and files', async () => {
    const { control } = setup(2);
    expect(await control.handle('state')).to.deep.equal([
      'device 1001: state idle, system status operational, database revision 1',
      'device 1002: state idle, system status operational, database revision 1',
    ]);
    expect((await control.handle('files')).slice(0, 3)).to.deep.equal([
      'device 1001: file 1 "app one", 150 octets',
      'device 1001: file 2 "table", 3 records',
      'device 1001: file 3 "File 3", 0 octets',
    ]);
  });

  it('damages a stream file by instance or name: content and size', async () => {
    for (const word of ['1', 'app one']) {
      const { control, devices } = setup();
      expect(await control.handle(`damage ${word}`)).to.deep.equal(['device 1001: damaged file 1 "app one"']);
      const after = devices[0]!.fileOctets(1)!;
      expect(after).to.have.length(149);
      expect([after[0], after[1], after[100]]).to.deep.equal([255, 1, 155]);
    }
  });

  it('damages record files and empty files too', async () => {
    const { control, devices } = setup();
    await control.handle('damage table');
    expect(devices[0]!.fileRecords(2)).to.deep.equal([octets(254), octets(2)]);
    await control.handle('damage 3');
    expect(devices[0]!.fileOctets(3)).to.deep.equal(octets(255));
  });

  it('deletes, dumps, restarts and quits', async () => {
    const { control, devices, did } = setup();
    expect(await control.handle('delete 2')).to.deep.equal(['device 1001: deleted file 2 "table"']);
    expect(devices[0]!.files.map((f) => f.instance)).to.deep.equal([1, 3]);
    expect(await control.handle('dump some folder')).to.deep.equal(['dumped']);
    expect(await control.handle('restart')).to.deep.equal(['device 1001: restarting']);
    expect(devices[0]!.nextDeadline()).to.equal(3005);
    expect(await control.handle('quit')).to.deep.equal([]);
    expect(did).to.deep.equal(['dump 1001 some folder', 'quit']);
  });

  it('needs to be told which of several devices', async () => {
    const { control, devices, did } = setup(2);
    expect(await control.handle('damage 1')).to.deep.equal(['error: say damage [DEVICE] FILE']);
    await control.handle('damage 1002 1');
    expect(devices.map((d) => d.fileOctets(1)!.length)).to.deep.equal([150, 149]);
    await control.handle('dump 1001 there');
    expect(did).to.deep.equal(['dump 1001 there']);
    expect(await control.handle('restart 1002')).to.deep.equal(['device 1002: restarting']);
  });

  it('says what is wrong, and goes on', async () => {
    const { control } = setup();
    expect(await control.handle('explode')).to.deep.equal([
      'error: there is no "explode"; "help" shows what there is',
    ]);
    expect(await control.handle('damage 9')).to.deep.equal(['error: device 1001 has no file "9"']);
    expect(await control.handle('damage')).to.deep.equal(['error: say damage [DEVICE] FILE']);
    expect(await control.handle('dump bad')).to.deep.equal(['error: no space']);
    expect(await control.handle('  ')).to.deep.equal([]);
    expect((await control.handle('help')).join('\n')).to.contain('damage');
  });
});

describe('report', () => {
  const device = createDevice(deviceConfig({ files }));

  it('says where a device stands', () => {
    expect(readyLine({ device, place: '127.0.0.1:5' }, false)).to.equal(
      'device 1001 at 127.0.0.1:5, 3 configuration files',
    );
    expect(JSON.parse(readyLine({ device, place: '2001:1@127.0.0.1:5' }, true))).to.deep.include({
      kind: 'device',
      instance: 1001,
      target: '1001@2001:1@127.0.0.1:5',
    });
    expect(allReadyLine(2, false)).to.equal('ready: 2 devices');
    expect(JSON.parse(allReadyLine(1, true))).to.deep.equal({ kind: 'ready', devices: 1 });
  });

  it('says what happens to it', () => {
    const lines: [Parameters<typeof eventLine>[1], string][] = [
      [
        { kind: 'state', from: 1, to: 3, on: 'prepared', now: 0 },
        'device 7: preparing-for-backup -> performing-a-backup (prepared)',
      ],
      [
        { kind: 'refused', on: 'start-backup', state: 3, now: 0 },
        'device 7: start-backup refused in performing-a-backup',
      ],
      [{ kind: 'restored', databaseRevision: 2, now: 0 }, 'device 7: restored, database revision 2'],
      [{ kind: 'file-created', instance: 4, now: 0 }, 'device 7: created file 4'],
      [{ kind: 'restarting', silentMs: 9, now: 0 }, 'device 7: restarting, silent for 9 ms'],
    ];
    for (const [event, line] of lines) {
      expect(eventLine(7, event, false)).to.equal(line);
      expect(JSON.parse(eventLine(7, event, true))).to.deep.include({ kind: `device-${event.kind}`, now: 0 });
    }
  });
});
