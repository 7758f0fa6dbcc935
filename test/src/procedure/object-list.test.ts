// object-list and device-array: Object_List in short, from devices that give it whole, in parts, or not.

import { expect } from 'chai';
import { ErrorClass, ErrorCode, PropertyId } from '../../../protocol/index.js';
import { Session } from '../../../src/procedure/session.js';
import { objectListChange, readObjectList } from '../../../src/procedure/object-list.js';
import { sha256Of } from '../../../src/repository/index.js';
import { Stage, type StageOptions, streamFile } from '../../support/world.js';

const NARROW = { maxApdu: 50, segmentation: 'none' } as const;
const FILES = [12, 3, 7].map((instance) => streamFile(instance, 10));
const LINES = '8,1001\n10,3\n10,7\n10,12\n'
  .split('\n')
  .filter(Boolean)
  .map((line) => line.split(',').map(Number))
  .sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d)
  .map(([type, instance]) => `${type},${instance}\n`)
  .join('');
const SHORT = { count: 4, sha256: sha256Of(new TextEncoder().encode(LINES)) };

async function readingOf(options: StageOptions): Promise<Awaited<ReturnType<typeof readObjectList>>> {
  const stage = await Stage.open(options);
  return stage.run(readObjectList(new Session(await stage.bind(), {})));
}

describe('Object_List', () => {
  it('is its number of objects and a hash that does not depend on their order', async () => {
    expect(await readingOf({ device: { files: FILES } })).to.deep.equal(SHORT);
    expect(await readingOf({ device: { files: [...FILES].reverse() } })).to.deep.equal(SHORT);
  });

  it('is read object by object where it does not fit one answer', async () => {
    const files = Array.from({ length: 20 }, (_, i) => streamFile(i + 1, 1));
    const whole = await readingOf({ device: { files } });
    expect(await readingOf({ device: { files, limits: NARROW } })).to.deep.equal(whole);
  });

  it('is only counted where that would take too many questions', async () => {
    const files = Array.from({ length: 200 }, (_, i) => streamFile(i + 1, 0));
    const limits = { maxApdu: 480, segmentation: 'none' } as const;
    expect(await readingOf({ device: { files, limits } })).to.deep.equal({ count: 201 });
  });

  it('that a device refuses, or fills with something else, is not told', async () => {
    const refuses = {
      name: 'secret',
      summary: 'refuses Object_List',
      property: ({ property }: { readonly property: number }) =>
        property === PropertyId.objectList
          ? { errorClass: ErrorClass.property, errorCode: ErrorCode.readAccessDenied }
          : undefined,
    };
    const numbers = {
      name: 'numbers',
      summary: 'lists numbers',
      property: ({ property }: { readonly property: number }) =>
        property === PropertyId.objectList ? [{ type: 'unsigned' as const, value: 1 }] : undefined,
    };
    expect(await readingOf({ quirks: [refuses] })).to.equal(undefined);
    expect(await readingOf({ quirks: [numbers] })).to.equal(undefined);
  });

  it('differs by number or by hash, as far as both are known', () => {
    const other = { count: 4, sha256: 'b'.repeat(64) };
    expect(objectListChange(SHORT, SHORT, "the image's device")).to.equal(undefined);
    expect(objectListChange(SHORT, { count: 4 }, "the image's device")).to.equal(undefined);
    expect(objectListChange(SHORT, { count: 5 }, "the image's device")).to.equal(
      "Object_List has 5 objects, the image's device had 4",
    );
    expect(objectListChange(SHORT, other, "the image's device")).to.contain('but not the same ones');
  });
});
