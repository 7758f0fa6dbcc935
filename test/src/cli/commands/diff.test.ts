// bacvault diff: what is compared with what, where it is shown, and how it ends.

import { expect } from 'chai';
import { EngineError, type ImageSummary } from '../../../../src/index.js';
import {
  fakeEngine,
  type FakeEngine,
  type FakeEngineOptions,
  fakeIo,
  image,
  imageDiff,
  type Ran,
  ran,
} from '../fakes.js';

const newest = image({ createdAt: '2026-11-24T00:00:00Z' }, '5e6f7a8b'.padEnd(64, '0'));
const older = image({ createdAt: '2026-11-23T00:00:00Z' }, '1201abcd'.padEnd(64, '0'));

/** A repository with two images of device 1201. */
function engine(options: FakeEngineOptions = {}): FakeEngine {
  const images = [newest, older];
  return fakeEngine({
    images,
    repository: {
      image: (which) => {
        const found = which === 'latest' ? newest : images.find(({ id }) => id.startsWith(which));
        return found
          ? Promise.resolve(found)
          : Promise.reject(new EngineError('image-not-found', `there is no image "${which}"`));
      },
    },
    ...options,
  });
}

async function diff(
  args: readonly string[],
  options: FakeEngineOptions = {},
): Promise<Ran & { compared: unknown }> {
  const used = engine(options);
  const result = await ran(['diff', ...args], fakeIo(), used);
  const pairs = used.argumentsOf('diffImages').map((argument) => {
    const [, a, b] = argument as readonly [unknown, ImageSummary, ImageSummary];
    return `${a.id.slice(0, 8)} ${b.id.slice(0, 8)}`;
  });
  const devices = used.argumentsOf('diffDevice').map((argument) => {
    const [device, , which] = argument as readonly [{ readonly instance: number }, unknown, string];
    return `${which.slice(0, 8)} device ${device.instance}`;
  });
  return { ...result, compared: [...pairs, ...devices] };
}

describe('diff', () => {
  it('compares an image with the one before it when nothing else is named', async () => {
    expect((await diff(['5e6f7a8b'])).compared).to.deep.equal(['1201abcd 5e6f7a8b']);
    const first = await diff(['1201abcd']);
    expect(first).to.include({ status: 10 });
    expect(first.err).to.contain('there is nothing before it to compare');
  });

  it('compares two images in the order in which they are named', async () => {
    expect((await diff(['1201abcd', '5e6f7a8b'])).compared).to.deep.equal(['1201abcd 5e6f7a8b']);
    expect((await diff(['5e6f7a8b', '1201abcd'])).compared).to.deep.equal(['5e6f7a8b 1201abcd']);
  });

  it('takes "latest" for that of the other image, or of the device that is named', async () => {
    expect((await diff(['1201abcd', 'latest'])).compared).to.deep.equal(['1201abcd 5e6f7a8b']);
    expect((await diff(['latest', '1201abcd'])).compared).to.deep.equal(['5e6f7a8b 1201abcd']);
    expect((await diff(['latest', '--device', '1201'])).compared).to.deep.equal(['1201abcd 5e6f7a8b']);
    expect(await diff(['latest'])).to.include({ status: 2 });
  });

  it('compares with a device, released', async () => {
    expect((await diff(['latest', '1202'])).compared).to.deep.equal(['5e6f7a8b device 1202']);
    expect((await diff(['latest', '1201@10.1.4.77'])).compared).to.deep.equal(['5e6f7a8b device 1201']);
    expect((await diff(['latest', '7'])).compared).to.deep.equal(['5e6f7a8b device 7']);
  });

  it('asks which is meant, before anything is sent, when digits may be a device or an image', async () => {
    const result = await diff(['latest', '1201']);
    expect(result).to.include({ status: 2 });
    expect(result.compared).to.deep.equal([]);
    expect(result.err).to.contain('"1201" may be a device or an image');
    expect((await diff(['latest', '1201', '--live'])).compared).to.deep.equal(['5e6f7a8b device 1201']);
    expect((await diff(['5e6f7a8b', '1201abcd', '--live'])).status, 'no instance').to.equal(2);
  });

  it('ends with 0 when nothing differs that counts, and with 17 when anything does', async () => {
    expect((await diff(['5e6f7a8b'])).status).to.equal(0);
    const volatile = imageDiff({ verdict: 'volatile' });
    expect((await diff(['5e6f7a8b'], { diffImages: () => Promise.resolve(volatile) })).status).to.equal(0);
    const different = imageDiff({ verdict: 'different' });
    const result = await diff(['5e6f7a8b'], { diffImages: () => Promise.resolve(different) });
    expect(result).to.include({ status: 17, err: '' });
  });

  it('does not end well when the device was not seen to leave the backup', async () => {
    const unproven = { ...imageDiff(), release: 'unproven' } as const;
    const result = await diff(['latest', '1202'], { diffDevice: () => Promise.resolve(unproven) });
    expect(result).to.include({ status: 18 });
    expect(result.out).to.contain('EQUAL\n');
  });

  it('prints the comparison as one object with --json, and no error for a difference', async () => {
    const different = imageDiff({ verdict: 'different' });
    const result = await diff(['5e6f7a8b', '--json'], { diffImages: () => Promise.resolve(different) });
    expect(result.lines()).to.deep.equal([JSON.parse(JSON.stringify(different))]);
    expect(result.status).to.equal(17);
  });

  describe('--html', () => {
    const page = async (
      path: string,
      written: Readonly<Record<string, string>> = {},
    ): Promise<Ran & { files: string[] }> => {
      const io = fakeIo();
      for (const [name, text] of Object.entries(written)) io.written.set(name, Buffer.from(text));
      const result = await ran(['diff', '5e6f7a8b', '--html', path], io, engine());
      const files = [...io.written].map(
        ([name, octets]) => `${name} ${Buffer.from(octets).toString().slice(0, 15)}`,
      );
      return { ...result, files };
    };

    it('writes the page into the file, and says so', async () => {
      const result = await page('out/change.html');
      expect(result.files).to.deep.equal(['out//change.html <!doctype html>']);
      expect(result.err).to.equal('Written to out/change.html.\n');
      expect(result.out).to.contain('EQUAL');
      expect((await page('change.html')).files).to.deep.equal(['./change.html <!doctype html>']);
    });

    it('overwrites nothing, and says so before anything is compared', async () => {
      const result = await page('change.html', { './change.html': 'mine' });
      expect(result).to.include({ status: 2, out: '' });
      expect(result.files).to.deep.equal(['./change.html mine']);
      expect(await page('folder/')).to.include({ status: 2 });
    });
  });
});
