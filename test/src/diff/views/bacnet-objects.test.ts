// Rows of BACnet objects: as a real server writes them, with names and values of the standard.

import { join } from 'node:path';
import { expect } from 'chai';
import { encodeCreateObjectRequest, type CreateObjectRequest } from '../../../../protocol/index.js';
import { bacnetObjects } from '../../../../src/diff/views/bacnet-objects.js';
import { treeView } from '../../../../src/diff/views/tree.js';
import type { TreeView } from '../../../../src/diff/types.js';
import { capturedFile } from '../../../support/captured-file.js';
import { projectRoot } from '../../../support/sources.js';
import { octets } from '../../repository/samples.js';
import { told } from './told.js';

function compare(a: Uint8Array, b: Uint8Array): TreeView {
  const [one, other] = [bacnetObjects(a), bacnetObjects(b)];
  if (one === undefined || other === undefined) throw new Error('no objects');
  return treeView('bacnet-objects', one, other);
}

const file = (...objects: readonly CreateObjectRequest[]): Uint8Array =>
  Uint8Array.from(objects.flatMap((object) => [...encodeCreateObjectRequest(object)]));

const value = (
  instance: number,
  real: number,
  more: CreateObjectRequest['initialValues'] = [],
): CreateObjectRequest => ({
  object: { type: 2, instance },
  initialValues: [{ property: 85, values: [{ type: 'real', value: real }] }, ...more],
});

describe('BACnet objects', () => {
  it('are compared by identifier and property', () => {
    const name = { property: 77, values: [{ type: 'character-string', text: 'Setpoint' }] } as const;
    const priority = (real: number) =>
      ({ property: 85, priority: 8, values: [{ type: 'real', value: real }] }) as const;
    const list = (...values: number[]) =>
      ({
        property: 87,
        index: 3,
        values: values.map((one) => ({ type: 'unsigned', value: one }) as const),
      }) as const;
    const a = file(value(1, 21, [priority(5), list(1, 2)]), value(2, 1), value(3, 1));
    const b = file(value(3, 1), value(1, 21.5, [priority(6), name, list(1, 3)]), { objectType: 19 });
    expect(told(compare(a, b))).to.deep.equal([
      '= analog-value,1/present-value 21.0 -> 21.5',
      '= analog-value,1/present-value priority 8 5.0 -> 6.0',
      '= analog-value,1/priority-array [3]/[1] 2 -> 3',
      '+ analog-value,1/object-name "Setpoint"',
      '- analog-value,2 present-value: 1.0',
      '+ new multi-state-value ',
    ]);
  });

  it('come out of the files of a real server', () => {
    const captured = (name: string): Uint8Array =>
      capturedFile(join(projectRoot, 'fixtures', 'captures', name));
    const view = compare(
      captured('bacstack-tools_bacserv.pcap'),
      captured('bacpy-client_bacserv_restore-abort.pcap'),
    );
    const lines = told(view);
    expect(lines).to.include('= file,1/file-size 3080 -> 3089');
    expect(lines.filter((line) => line.startsWith('= access-door,0/present-value priority '))).to.have.length(
      15,
    );
    expect(view).to.include({ added: 2, removed: 29, changed: 62, more: 0 });
  });

  it('are nothing else: a file must be a row of them to its last octet', () => {
    const row = file(value(1, 21));
    expect(bacnetObjects(row)).to.not.equal(undefined);
    expect(bacnetObjects(Uint8Array.of(...row, 0))).to.equal(undefined);
    expect(bacnetObjects(row.subarray(0, -1))).to.equal(undefined);
    expect(bacnetObjects(octets('\x0eAHU'))).to.equal(undefined);
    expect(bacnetObjects(new Uint8Array(0))).to.equal(undefined);
  });
});
