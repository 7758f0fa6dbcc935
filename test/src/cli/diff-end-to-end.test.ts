// diff from the command line to a device on real UDP, with a real folder for what is read and thrown away.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DeviceConfigInput } from '../../../simulator/index.js';
import { octets } from '../repository/samples.js';
import { UdpStage } from './udp-stage.js';

const points = Array.from({ length: 30 }, (_, index) => `point ${index};21.${index}\n`);

const controller: DeviceConfigInput = {
  instance: 1201,
  name: 'AHU-3',
  files: [
    { instance: 12, access: 'stream', content: octets(points.join('')), name: 'points.csv' },
    { instance: 13, access: 'record', records: [octets('12:00,45.6'), octets('12:15,44.8')], name: 'trend' },
  ],
};

describe('diff, end to end', () => {
  let stage: UdpStage;
  beforeEach(() => (stage = new UdpStage()));
  afterEach(() => stage.close());

  it('shows what was edited on a device since its image, and then between two images', async () => {
    const ahu = await stage.device(controller);
    const target = `1201@${ahu.place}`;
    await stage.run(['init']);
    expect((await stage.run(['backup', target])).status).to.equal(0);
    const same = await stage.run(['diff', 'latest', target]);
    expect(same.status, same.err).to.equal(0);
    expect(same.out).to.match(/file,12 points\.csv: equal, [\s\S]*\nEQUAL\n$/);

    ahu.view.setFile(12, octets(points.with(7, 'point 7;22.5\n').join('')), 0);
    ahu.view.setFile(13, [octets('12:00,45.6'), octets('12:07,45.0'), octets('12:15,44.8')], 0);
    const html = join(stage.repo, '..', 'change.html');
    const live = await stage.run(['diff', 'latest', target, '--html', html]);
    expect(live.status, live.err).to.equal(17);
    expect(live.out).to.contain('- point 7;21.7\n').and.contain('+ point 7;22.5\n');
    expect(live.out).to.contain('at record 1: 1 record added\n').and.contain('DIFFERENT: 2 of 2 files\n');
    expect(readFileSync(html, 'utf8')).to.contain('+ point 7;22.5</span>');

    expect((await stage.run(['backup', target])).status).to.equal(0);
    const listed = (await stage.run(['images', '--json'])).lines();
    expect(listed.map((line) => line['changed'])).to.deep.equal([true, undefined]);
    const [newest, oldest] = listed.map((line) => String(line['id']));
    const images = await stage.run(['diff', oldest!, newest!, '--json']);
    expect(images.status).to.equal(17);
    expect(images.lines()[0]).to.include({ kind: 'image-diff', verdict: 'different' });
    expect((await stage.run(['diff', newest!])).out).to.contain('+ point 7;22.5\n');
    expect((await stage.run(['check'])).out).to.match(/0 errors, 0 warnings/);
    expect(existsSync(html)).to.equal(true);
  });
});
