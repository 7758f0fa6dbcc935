// What a person sees before a restore.

import { expect } from 'chai';
import { restorePlanText } from '../../../../src/cli/render/restore-plan.js';
import { gate, type RestorePlan } from '../../../../src/index.js';
import { image, manifest, planCheck, restorePlan } from '../fakes.js';

const text = (plan: RestorePlan, allow: readonly string[] = []): string =>
  restorePlanText(image(), plan, gate(plan, allow));

describe('restore-plan', () => {
  it('shows every check with both values, and what the device and the image are called', () => {
    const plan = text(restorePlan(1201));
    expect(plan).to.contain(
      'RESTORE of device 1201 from image 1a2b3c4d, made 2026-11-23 19:03:22 UTC, site default',
    );
    expect(plan).to.match(/ {2}ok +firmware +2\.4 +2\.4\n/);
    expect(plan).to.match(
      / {2}image {3}AHU-3, Acme Controls \(vendor id 555\) AC-9, 10\.1\.0\.1:47808, network:MAC 2001:17\n/,
    );
    expect(plan).to.contain('Files to write: 2 files, 8 octets\n');
    expect(plan).to.match(/ {2}file,12 +config\.bin +stream +5\n/);
    expect(plan).to.contain('it may stop controlling its plant until it is back.');
    expect(plan).to.not.contain('What speaks against it');
  });

  it('says what speaks against it, blocks first, and what was allowed', () => {
    const checks = [
      planCheck('image-age', { severity: 'warn', text: '90 days old' }),
      planCheck('firmware', { severity: 'block', image: '2.4', device: '2.6', text: 'another firmware' }),
      planCheck('model', { severity: 'block', text: 'another model' }),
      planCheck('image-hashes', { severity: 'block', text: 'damaged', allowable: false }),
    ];
    const plan = text(restorePlan(1201, { checks }), ['firmware']);
    expect(plan).to.match(/ {2}allowed +firmware +2\.4 +2\.6\n/);
    expect(plan).to.match(/ {2}BLOCK +model /);
    const from = plan.indexOf('What speaks against it:');
    expect(plan.slice(from).split('\n').slice(1, 5)).to.deep.equal([
      '  allowed  firmware: another firmware',
      '  BLOCK    model: another model',
      '  BLOCK    image-hashes: damaged (this cannot be allowed)',
      '  warn     image-age: 90 days old',
    ]);
  });

  it('gives the duration as an estimate and what it rests on, or says that it is not known', () => {
    expect(text(restorePlan(1201))).to.contain(
      'Duration: about 3 min 00 s, undo image and proof included; for about 1 min 05 s of it the device may be ' +
        'out of service. An estimate: its backup took 60 s.',
    );
    const unknown = restorePlan(1201, { estimate: { basis: ['not known: no timings'] } });
    expect(text(unknown)).to.contain('Duration: not known: no timings.');
  });

  it('says what a replacement turns into', () => {
    const plan = restorePlan(9999, { replacement: true, becomes: 1201 });
    expect(text(plan)).to.contain('the device should answer as device 1201, no longer as 9999.');
    expect(text(restorePlan(1201))).to.not.contain('no longer as');
  });

  it('cuts long values in the table, where --json has them whole', () => {
    const checks = [planCheck('file-size', { image: 'x'.repeat(100), device: 'y' })];
    expect(text(restorePlan(1201, { checks }))).to.match(/ {2}x{33}\.\.\. +y\n/);
  });

  it('lets no control character of image or device reach the terminal', () => {
    const evil = '\u001b[2Jx';
    const { device } = manifest();
    const named = {
      ...device,
      name: evil,
      vendorName: evil,
      modelName: evil,
      location: evil,
      description: evil,
    };
    const checks = [planCheck('model', { severity: 'warn', image: evil, device: evil, text: evil })];
    const plan = restorePlan(1201, { identity: named, checks, estimate: { basis: [evil] } });
    const shown = restorePlanText(image({ site: evil, device: named }), plan, gate(plan, []));
    expect(shown).to.not.contain('\u001b');
  });
});
