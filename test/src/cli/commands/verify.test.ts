// bacvault verify.

import { expect } from 'chai';
import type { VerifyReport } from '../../../../src/index.js';
import { fakeEngine, fakeIo, type Ran, ran, verifyReport } from '../fakes.js';

const different: VerifyReport = verifyReport(1201, {
  equal: false,
  files: [
    {
      file: 12,
      equal: false,
      unit: 'octets',
      ranges: [
        { start: 1000, end: 1001 },
        { start: 2000, end: 4000 },
      ],
      imageSize: 5000,
      deviceSize: 4999,
    },
    {
      file: 13,
      equal: false,
      unit: 'records',
      ranges: [],
      imageSize: 3,
      deviceSize: 0,
      problem: 'missing on the device',
    },
    { file: 14, equal: true, unit: 'records', ranges: [], imageSize: 1, deviceSize: 1 },
  ],
});

function verify(report: VerifyReport, ...args: string[]): Promise<Ran> {
  return ran(
    ['verify', 'latest', '1201', ...args],
    fakeIo(),
    fakeEngine({ verify: () => Promise.resolve(report) }),
  );
}

describe('verify', () => {
  it('says equal file by file and ends with 0', async () => {
    expect(await verify(verifyReport(1201))).to.include({
      status: 0,
      out: 'file,12: equal, 5 octets\nDevice 1201 and image 1a2b3c4d: equal\n',
    });
  });

  it('says what the equality rests on, in words and as JSON', async () => {
    const text = 'file 12: Modification_Date was a and is b, but two readings were equal';
    const report = verifyReport(1201, { deviations: [text] });
    expect((await verify(report)).out).to.equal(
      `file,12: equal, 5 octets\ndeviation: ${text}\nDevice 1201 and image 1a2b3c4d: equal\n`,
    );
    expect((await verify(report, '--json')).lines()[0]).to.deep.include({ equal: true, deviations: [text] });
  });

  it('lists every range that differs and ends with 17', async () => {
    const result = await verify(different);
    expect(result.status).to.equal(17);
    expect(result.out.split('\n')).to.deep.equal([
      'file,12: DIFFERENT',
      '  the image has 5 000 octets, the device 4 999 octets',
      '  octet 1 000',
      '  octets 2 000 to 3 999 (2 000 octets)',
      'file,13: DIFFERENT',
      '  missing on the device',
      '  the image has 3 records, the device 0 records',
      'file,14: equal, 1 record',
      'Device 1201 and image 1a2b3c4d: DIFFERENT',
      '',
    ]);
    expect(result.err).to.contain('Device 1201 differs from image 1a2b3c4d: file,12, file,13.');
  });

  it('prints report and error as JSON, with every range', async () => {
    const lines = (await verify(different, '--json')).lines();
    expect(lines[0]).to.deep.equal(JSON.parse(JSON.stringify(different)));
    expect(lines[1]).to.include({ kind: 'error', code: 'not-verified' });
  });

  it('keeps the list readable when much differs, and says how much more there is', async () => {
    const ranges = Array.from({ length: 25 }, (_, index) => ({ start: index * 2, end: index * 2 + 1 }));
    const many = verifyReport(1201, { equal: false, files: [{ ...different.files[0]!, ranges }] });
    const { out } = await verify(many);
    expect(out.match(/^ {2}octet \d+$/gm)).to.have.length(20);
    expect(out).to.contain('  and 5 more ranges\n');
  });

  it('takes the latest image of the device it talks to, or of another one when told', async () => {
    const engine = fakeEngine();
    await ran(['verify', 'latest', '1201'], fakeIo(), engine);
    await ran(['verify', 'latest', '1201', '--device', '7', '--site', 'x'], fakeIo(), engine);
    expect(engine.argumentsOf('image')).to.deep.equal([
      ['latest', { instance: 1201 }],
      ['latest', { site: 'x', instance: 7 }],
    ]);
  });

  it('finds the image before it talks to anyone', async () => {
    const engine = fakeEngine();
    await ran(['verify', 'latest', '1201'], fakeIo(), engine);
    const names = engine.calls.map(([name]) => name);
    expect(names.indexOf('image')).to.be.lessThan(names.indexOf('openClient'));
  });

  it('ends with 18 when the device may still be in backup', async () => {
    expect((await verify(verifyReport(1201, { release: 'unproven' }))).status).to.equal(18);
  });
});
