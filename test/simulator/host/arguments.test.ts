// The arguments of bacvault-sim (arguments) and the devices they describe (devices): what is said is what
// stands there, and what cannot be is refused with status 2 and a sentence.

import { expect } from 'chai';
import { parseArguments, type SimulatorOptions } from '../../../simulator/host/arguments.js';
import { describeDevice, placeDevices } from '../../../simulator/host/devices.js';
import { octets, stream } from '../support.js';

function options(...argv: string[]): SimulatorOptions {
  const parsed = parseArguments(argv);
  if (parsed.kind !== 'run') throw new Error(parsed.text);
  return parsed.options;
}

const sources = { unixTimeAtZero: 0 };
const describeOne = (...argv: string[]): ReturnType<typeof describeDevice> =>
  describeDevice(options(...argv), sources, 0);

describe('arguments of bacvault-sim', () => {
  it('have defaults for everything', () => {
    expect(options()).to.deep.equal({
      instance: 1001,
      address: '127.0.0.1',
      port: 47808,
      seed: '1',
      devices: 1,
      laneLatencyMs: 5,
      quirks: [],
      json: false,
      device: { limits: {}, procedure: {} },
    });
    const config = describeOne();
    expect(config.files.map((f) => f.access)).to.deep.equal(['stream', 'record', 'stream']);
    expect(config.announces).to.equal('unicast');
  });

  it('describe the device', () => {
    const config = describeOne(
      ...'--instance 7 --name X --max-apdu 480 --segmentation none --max-segments 4 --window 3 --password pw'.split(
        ' ',
      ),
      ...'--preparation 100 --completion 200 --failure-timeout 30 --silent --restarts --no-state-properties'.split(
        ' ',
      ),
      ...'--no-create-object --files stream:5 --quirk eof-never --quirk short-reads=3 --i-am broadcast'.split(
        ' ',
      ),
    );
    expect(config).to.deep.include({
      instance: 7,
      name: 'X',
      windowSize: 3,
      password: 'pw',
      limits: { maxApdu: 480, segmentation: 'none', maxSegments: 4 },
      announces: 'broadcast',
    });
    expect(config.procedure).to.deep.include({
      backupPreparationMs: 100,
      restorePreparationMs: 100,
      restoreCompletionMs: 200,
      backupFailureTimeoutS: 30,
      answersWhilePreparing: false,
      restartsAfterRestore: true,
      stateProperties: false,
      createsFiles: false,
    });
    expect(config.files).to.have.length(1);
    expect(config.quirks!.map((q) => q.name)).to.deep.equal(['eof-never', 'short-reads']);
  });

  it('win over the profile, entry by entry', () => {
    const profile = {
      summary: 'A test.',
      device: {
        name: 'P',
        vendorId: 5,
        vendorName: 'V',
        modelName: 'M',
        firmwareRevision: '1',
        applicationSoftwareVersion: '1',
        protocolRevision: 9,
      },
      limits: { maxApdu: 206, segmentation: 'both' },
      procedure: { backupPreparationMs: 5, restoreCompletionMs: 6 },
      password: 'profile',
      files: [{ instance: 3, access: 'stream', content: { text: 'x' } }],
      quirks: ['eof-late'],
    };
    const config = describeDevice(
      options('--max-apdu', '480', '--completion', '9', '--quirk', 'eof-never'),
      { ...sources, profile },
      0,
    );
    expect(config).to.deep.include({ name: 'P', vendorId: 5, password: 'profile' });
    expect(config.limits).to.deep.include({ maxApdu: 480, segmentation: 'both' });
    expect(config.procedure).to.deep.include({ backupPreparationMs: 5, restoreCompletionMs: 9 });
    expect(config.files.map((f) => f.instance)).to.deep.equal([3]);
    expect(config.quirks!.map((q) => q.name)).to.deep.equal(['eof-never', 'eof-late']);
    expect(
      describeDevice(options('--files', 'empty,empty'), { ...sources, profile }, 0).files,
    ).to.have.length(2);
    const folder = [stream(1, octets(9))];
    expect(describeDevice(options(), { ...sources, profile, folder }, 0).files).to.equal(folder);
  });

  it('give each of several devices its own instance, name, content and quirks', () => {
    const asked = options('--devices', '3', '--name', 'N', '--quirk', 'zero-octets', '--files', 'stream:64');
    const configs = [0, 1, 2].map((number) => describeDevice(asked, sources, number));
    expect(configs.map((c) => [c.instance, c.name])).to.deep.equal([
      [1001, 'N'],
      [1002, 'N 2'],
      [1003, 'N 3'],
    ]);
    expect(configs[0]!.files).to.not.deep.equal(configs[1]!.files);
    expect(configs[0]!.quirks![0]).to.not.equal(configs[1]!.quirks![0]);
  });

  it('place devices on ports one after the other, or at MACs behind one router', () => {
    const place = (...argv: string[]): ReturnType<typeof placeDevices> =>
      placeDevices(options('--files', 'empty', ...argv), sources, () => undefined);
    expect(place('--devices', '2', '--port', '5000').map((p) => p.port)).to.deep.equal([5000, 5001]);
    expect(place('--devices', '2', '--port', '0').map((p) => p.port)).to.deep.equal([0, 0]);
    const routed = place('--devices', '2', '--router', '2001');
    expect(routed).to.have.length(1);
    expect(routed[0]!.devices.map((d) => [d.device.instance, d.behind])).to.deep.equal([
      [1001, '2001:1'],
      [1002, '2001:2'],
    ]);
    expect(() => place('--devices', '2', '--port', '65535')).to.throw(RangeError, 'beyond 65535');
    expect(() => place('--devices', '2', '--instance', '4194303')).to.throw(RangeError, 'device instance');
  });

  const wrong: [string, string[], string][] = [
    ['an option that there is not', ['--bad'], "unknown option '--bad'"],
    ['a word too many', ['extra'], 'too many arguments'],
    ['a missing value', ['--port'], 'argument missing'],
    ['a port that is none', ['--port', '70000'], 'whole number 0..65535'],
    ['an instance that is none', ['--instance', '4194304'], 'whole number 0..4194303'],
    ['an address that is none', ['--address', '1.2.3'], 'IPv4 address'],
    ['a host name', ['--address', 'localhost'], 'IPv4 address'],
    ['a segmentation that is none', ['--segmentation', 'some'], 'both, transmit, receive, none'],
    ['a password that is too long', ['--password', 'x'.repeat(21)], '1 to 20 characters'],
    ['an unknown quirk', ['--quirk', 'nope'], 'there is no quirk "nope"'],
    ['a value that a quirk does not take', ['--quirk', 'eof-late=x'], 'is none of empty'],
    ['two contents at once', ['--folder', 'x', '--files', 'empty'], 'exclude each other'],
  ];
  for (const [what, argv, message] of wrong) {
    it(`refuse ${what}`, () => {
      const parsed = parseArguments(argv);
      expect(parsed).to.have.property('status', 2);
      expect(parsed.kind === 'say' && parsed.text).to.contain(message);
    });
  }

  it('explain themselves, and the quirks', () => {
    const help = parseArguments(['--help']);
    expect(help).to.deep.include({ kind: 'say', status: 0 });
    expect(help.kind === 'say' && help.text).to.contain('--router <NET>');
    const quirks = parseArguments(['--list-quirks']);
    expect(quirks).to.deep.include({ kind: 'say', status: 0 });
    expect(quirks.kind === 'say' && quirks.text).to.match(/^abort-above=.*\n {4}Aborts/);
  });
});
