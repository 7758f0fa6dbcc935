// Quirks of ReadPropertyMultiple: multiple-refused and multiple-wrong. What ReadProperty gives stays what it is.

import { expect } from 'chai';
import { PropertyId as P } from '../../../../protocol/index.js';
import { file, octets, quirkyBench, record, stream } from '../../support.js';

const asked = [{ object: file(1), properties: [{ property: P.fileSize }, { property: P.archive }] }];
const bench = (quirk: string) =>
  quirkyBench([quirk], { files: [stream(1, octets(1, 2, 3)), record(2, [octets(1)])] });

async function told(quirk: string): Promise<unknown> {
  const { client } = bench(quirk);
  expect(await client.value(file(1), P.fileSize), 'ReadProperty').to.equal(3);
  return (await client.readMultiple(asked))[0]?.properties;
}

const size = { property: P.fileSize, values: [{ type: 'unsigned', value: 3 }] };
const archive = { property: P.archive, values: [{ type: 'boolean', value: false }] };
const unknown = { errorClass: 2, errorCode: 32 };

describe('multiple-refused', () => {
  it('answers with what it is told, for as long as it is told, and does nothing else', async () => {
    const { client } = bench('multiple-refused=abort:buffer-overflow*1');
    const refused = await client.readMultiple(asked).catch((error: unknown) => String(error));
    expect(refused).to.equal('Error: ABORT: BUFFER_OVERFLOW');
    expect(await client.value(file(1), P.fileSize)).to.equal(3);
    expect((await client.readMultiple(asked))[0]?.properties).to.deep.equal([size, archive]);
  });

  it('is rejected as unrecognized where nothing is said, although the device tells the service', async () => {
    const { client } = bench('multiple-refused');
    const refused = await client.readMultiple(asked).catch((error: unknown) => String(error));
    expect(refused).to.equal('Error: REJECT: UNRECOGNIZED_SERVICE');
  });
});

describe('multiple-wrong', () => {
  it('leaves a property out, turns them round, or gives nothing for each', async () => {
    expect(await told('multiple-wrong')).to.deep.equal([size]);
    expect(await told('multiple-wrong=reversed')).to.deep.equal([archive, size]);
    expect(await told('multiple-wrong=null')).to.deep.equal(
      [P.fileSize, P.archive].map((property) => ({ property, values: [{ type: 'null' }] })),
    );
    expect(await told('multiple-wrong=unknown')).to.deep.equal(
      [P.fileSize, P.archive].map((property) => ({ property, ...unknown })),
    );
  });

  it('=cached gives for ever what it gave first, of each object', async () => {
    const { client, device } = bench('multiple-wrong=cached');
    await client.readMultiple(asked);
    device.setFile(1, octets(1, 2, 3, 4), 0);
    expect(await client.value(file(1), P.fileSize)).to.equal(4);
    expect((await client.readMultiple(asked))[0]?.properties).to.deep.equal([size, archive]);
    const other = [{ object: file(2), properties: asked[0]!.properties }];
    expect((await client.readMultiple(other))[0]?.object).to.deep.equal(file(2));
  });
});
