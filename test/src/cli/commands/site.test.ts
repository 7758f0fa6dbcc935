// bacvault site, and what it says of a right file. What is defended: nothing is overwritten, every mistake
// is told with its line, and no password is.

import { expect } from 'chai';
import { type DeviceStatus, parseSite } from '../../../../src/index.js';
import { fakeEngine, fakeIo, ran } from '../fakes.js';

const SITE = `site: Hospital North
time-zone: UTC
passwords-in-clear: allowed
devices: [{ instance: 1201, password: { in-clear: hunter2 } }]
groups:
  vav: { networks: [2001], password: { file: secrets/vav } }
rules:
  nightly: { what: { groups: [vav] }, cron: 0 22 * * *, window: { start: "22:00", stop: "05:00" } }
  by-hand: { what: all }
`;

const status = (device: number, rules: readonly string[], address: string): DeviceStatus => ({
  kind: 'device-status',
  site: 'Hospital North',
  device,
  rules,
  address,
  state: 'never',
  reason: '',
});
const statuses = [
  status(1201, ['by-hand'], '10.0.0.1:47808'),
  status(1202, ['nightly', 'by-hand'], '2001:17@10.0.0.1:47808'),
  status(1203, [], '10.0.0.3:47808'),
];

describe('site check', () => {
  it('tells every mistake with its line, as a result, and ends with 2', async () => {
    const io = () => fakeIo({ files: { './site.yaml': 'sitee: a\nrules: 5\n' } });
    const result = await ran(['site', 'check'], io(), fakeEngine());
    expect(result.status).to.equal(2);
    expect(result.out.split('\n').slice(0, 3)).to.deep.equal([
      './site.yaml:1:1: site: "site" is missing. Right would be: site: a text, as Hospital North.',
      './site.yaml:1:1: sitee: "sitee" is no key that belongs here. Right would be: site.',
      './site.yaml:2:8: rules: 5 does not belong here. Right would be: a block of keys.',
    ]);
    const json = await ran(['site', 'check', '--json'], io(), fakeEngine());
    expect(json.lines()[0]).to.include({ kind: 'site-mistake', line: 1, key: 'site' });
  });

  it('says what each rule means and when, who is left out, and where passwords come from', async () => {
    const io = () => fakeIo({ files: { './site.yaml': SITE }, readableByOthers: true });
    const result = await ran(['site', 'check'], io(), fakeEngine({ statuses }));
    expect(result.status, result.err).to.equal(0);
    expect(result.out).to.include('Rule nightly: means 1 known device (1202).');
    expect(result.out).to.match(
      /Runs next \(UTC\): \d{4}-\d\d-\d\d 22:00, \d{4}-\d\d-\d\d 22:00, \d{4}-\d\d-\d\d 22:00\./,
    );
    expect(result.out).to.include('Window: 22:00 to 05:00.').and.to.include('Runs only by hand.');
    expect(result.out).to.include('No rule means: 1 known device (1203).');
    expect(result.out).to.include('Without a password: 1 known device (1203).');
    expect(result.out).to.include('Password of group vav: file secrets/vav.');
    expect(result.err).to.include('./secrets/vav can be read by others');
    expect(result.err).to.include('the password of device 1201 stands in clear');
    expect(result.out + result.err).to.not.include('hunter2');
    const json = await ran(['site', 'check', '--json'], io(), fakeEngine({ statuses }));
    expect(json.lines()[0]).to.include({ kind: 'site', site: 'Hospital North' });
    expect(json.out).to.not.include('hunter2');
  });
});

describe('site init', () => {
  const announcements = [
    {
      instance: 1201,
      vendorId: 7,
      maxApdu: 480,
      segmentation: 'none' as const,
      address: { link: '10.0.0.1:47808', network: 2001, mac: '11' },
    },
  ];

  it('writes a right file and the schema beside it, from what answered', async () => {
    const io = fakeIo();
    const result = await ran(
      ['site', 'init', '--site', 'Hospital North', '--site-file', 'out/north.yaml'],
      io,
      fakeEngine({ announcements }),
    );
    expect(result.status, result.err).to.equal(0);
    const files = new Map(
      [...io.written].map(([path, octets]) => [
        path.replace(/^.*[\\/]/, ''),
        new TextDecoder().decode(octets),
      ]),
    );
    expect([...files.keys()]).to.deep.equal(['north.yaml', 'site.schema.json']);
    expect(parseSite(files.get('north.yaml') ?? '').name).to.equal('Hospital North');
    expect(files.get('north.yaml')).to.include('1201 on network 2001, vendor 7');
    expect(result.out).to.include('1 device answered');
  });

  it('keeps how the network was asked, with the port', async () => {
    const io = fakeIo();
    await ran(['site', 'init', '--local', '10.0.0.2:47809', '--bbmd', '10.0.0.9'], io, fakeEngine());
    const [text] = [...io.written.values()].map((octets) => new TextDecoder().decode(octets));
    expect(parseSite(text ?? '').network).to.deep.include({ local: '10.0.0.2:47809', bbmd: '10.0.0.9' });
  });

  it('never overwrites, and asks nobody then', async () => {
    const io = fakeIo();
    await ran(['site', 'init'], io, fakeEngine({ announcements }));
    const engine = fakeEngine({ announcements });
    const again = await ran(['site', 'init'], io, engine);
    expect(again.status).to.equal(2);
    expect(again.err).to.include('is there already');
    expect(engine.argumentsOf('openClient')).to.have.length(0);
  });
});
