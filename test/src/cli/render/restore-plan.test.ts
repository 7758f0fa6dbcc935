// What a person sees before a restore.

import { expect } from 'chai';
import { restorePlanText } from '../../../../src/cli/render/restore-plan.js';
import { capabilities, image, manifest } from '../fakes.js';

describe('restore-plan', () => {
  it('marks what tells one controller from another, and not what changes by itself', () => {
    const live = capabilities(1201, { databaseRevision: 99 });
    const nameless = { ...live.identity };
    delete (nameless as { name?: string }).name;
    const plan = restorePlanText(image(), {
      ...live,
      identity: { ...nameless, modelName: 'AC-10', vendorId: 8, serialNumber: 'S1', location: 'elsewhere' },
      reachedAt: { ...live.reachedAt, address: '10.9.9.9:47808' },
    });
    const marked = plan.split('\n').filter((line) => line.includes('<- DIFFERENT'));
    expect(marked.map((line) => line.trim().split('  ')[0])).to.deep.equal(['Vendor', 'Model_Name']);
    expect(plan).to.match(/ {2}Object_Name +AHU-3 +-\n/);
    expect(plan).to.match(/ {2}Serial_Number +- +S1\n/);
    expect(plan).to.match(/ {2}Database_Revision +7 +99\n/);
  });

  it('lets no control character of image or device reach the terminal', () => {
    const evil = '\u001b[2Jx';
    const { device } = manifest();
    const live = capabilities(1201, {
      identity: { ...device, name: evil, vendorName: evil },
      systemStatus: evil,
      state: evil,
    });
    const plan = restorePlanText(image({ site: evil, device: { ...device, modelName: evil } }), live);
    expect(plan).to.not.contain('\u001b');
  });
});
