// What a device says it can do (abilities): a no is a no, silence is none.

import { expect } from 'chai';
import { backupAndRestore } from '../../../src/procedure/abilities.js';

const all = { reinitializeDevice: true, atomicReadFile: true, atomicWriteFile: true };

describe('backupAndRestore', () => {
  it('wants the three services and Configuration_Files', () => {
    expect(backupAndRestore(all, 2)).to.deep.equal({ backupAndRestore: 'yes', reasons: [] });
    const lacking = backupAndRestore({ ...all, atomicReadFile: false }, 2);
    expect(lacking).to.deep.equal({ backupAndRestore: 'no', reasons: ['AtomicReadFile is not supported'] });
    expect(backupAndRestore(all, undefined).backupAndRestore).to.equal('no');
  });

  it('takes an empty or unreadable list outside a procedure for what it is: no proof', () => {
    expect(backupAndRestore(all, 0).backupAndRestore).to.equal('yes');
    expect(backupAndRestore(all, 0).reasons.join()).to.contain('only during a backup');
    expect(backupAndRestore(all, 'untold')).to.deep.include({ backupAndRestore: 'yes' });
  });

  it('does not know when the device does not tell its services', () => {
    expect(backupAndRestore({}, 2).backupAndRestore).to.equal('unknown');
  });
});
