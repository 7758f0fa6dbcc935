// Quirks of the procedure: each does what its summary says, and nothing more.

import { expect } from 'chai';
import { PropertyId as P } from '../../../../protocol/index.js';
import {
  type Bench,
  bench,
  device,
  file,
  octets,
  quirkyBench,
  ramp,
  record,
  shown,
  stream,
  unsigned,
} from '../../support.js';

const files = [stream(1, ramp(10)), record(2, [octets(1), octets(2)])];
const BUSY = 'DEVICE: CONFIGURATION_IN_PROGRESS';
const SILENT = 'no answer after 1 attempt';
const quirky = (...quirks: string[]): Bench => quirkyBench(quirks, { files });
const state = (b: Bench): Promise<unknown> => b.client.value(device(), P.backupAndRestoreState);
const restore = async ({ client }: Bench): Promise<string> => {
  await client.reinitialize('startRestore');
  return client.reinitialize('endRestore');
};

describe('start-refused', () => {
  const rows: [string, string][] = [
    ['DEVICE:2', BUSY],
    ['SECURITY:26', 'SECURITY: PASSWORD_FAILURE'],
    ['SERVICES:83', 'SERVICES: COMMUNICATION_DISABLED'],
    ['SERVICES:45', 'SERVICES: OPTIONAL_FUNCTIONALITY_NOT_SUPPORTED'],
    ['SERVICES:29', 'SERVICES: SERVICE_REQUEST_DENIED'],
    ['DEVICE:132', 'DEVICE: NOT_CONFIGURED'],
    ['DEVICE:0', 'DEVICE: OTHER'],
    ['reject:9', 'REJECT: UNRECOGNIZED_SERVICE'],
    ['reject:8', 'REJECT: UNDEFINED_ENUMERATION'],
    ['abort:0', 'ABORT: OTHER'],
    ['abort:9', 'ABORT: OUT_OF_RESOURCES'],
    ['silence', SILENT],
  ];
  for (const [value, expected] of rows) {
    it(`=${value} answers START with ${expected} and does not act`, async () => {
      const b = quirky(`start-refused=${value}`);
      expect(await b.client.reinitialize('startBackup')).to.equal(expected);
      expect(await b.client.reinitialize('startRestore')).to.equal(expected);
      expect(b.device.backupState).to.equal(0);
    });
  }

  it('ends after its times', async () => {
    const { client } = quirky('start-refused=abort:9*2');
    expect(await client.reinitialize('startBackup')).to.equal('ABORT: OUT_OF_RESOURCES');
    expect(await client.reinitialize('startBackup')).to.equal('ABORT: OUT_OF_RESOURCES');
    expect(await client.reinitialize('startBackup')).to.equal('ack');
  });
});

describe('end-refused', () => {
  it('answers END and ABORT so, and does not act', async () => {
    const b = quirky('end-refused*1'.replace('*', '=SERVICES:46*'));
    expect(await restore(b)).to.equal('SERVICES: INVALID_CONFIGURATION_DATA');
    expect(b.device.backupState).to.equal(4);
    expect(await b.client.reinitialize('abortRestore')).to.equal('ack');
  });

  it('by default says INVALID_CONFIGURATION_DATA for ever', async () => {
    const b = quirky('end-refused');
    await b.client.reinitialize('startBackup');
    for (let i = 0; i < 3; i++)
      expect(await b.client.reinitialize('endBackup')).to.equal('SERVICES: INVALID_CONFIGURATION_DATA');
  });
});

describe('end-refused-while-preparing', () => {
  it('refuses END and ABORT while preparing, and only then', async () => {
    const b = quirkyBench(['end-refused-while-preparing'], {
      files,
      procedure: { backupPreparationMs: 1000, restorePreparationMs: 1000 },
    });
    await b.client.reinitialize('startBackup');
    expect(await b.client.reinitialize('endBackup')).to.equal(BUSY);
    await b.world.advance(1000);
    expect(await b.client.reinitialize('endBackup')).to.equal('ack');
    await b.client.reinitialize('startRestore');
    expect(await b.client.reinitialize('abortRestore')).to.equal(BUSY);
  });
});

describe('end-always-acked', () => {
  it('acknowledges END and ABORT in the wrong state, and nothing else', async () => {
    const { client } = quirky('end-always-acked');
    for (const end of ['endBackup', 'endRestore', 'abortRestore'] as const)
      expect(await client.reinitialize(end)).to.equal('ack');
    await client.reinitialize('startBackup');
    expect(await client.reinitialize('startBackup')).to.equal(BUSY);
  });
});

describe('lost-ack', () => {
  it('=start acts on START and stays silent', async () => {
    const b = quirky('lost-ack=start');
    expect(await b.client.reinitialize('startBackup')).to.equal(SILENT);
    expect(b.device.backupState).to.equal(3);
    expect(await b.client.reinitialize('startBackup')).to.equal(BUSY);
    expect(await b.client.reinitialize('endBackup')).to.equal('ack');
  });

  it('=end acts on END and stays silent', async () => {
    const b = quirky('lost-ack=end');
    expect(await restore(b)).to.equal(SILENT);
    expect([b.device.backupState, b.device.databaseRevision]).to.deep.equal([0, 2]);
  });

  it('=abort acts on ABORT alone and stays silent', async () => {
    const b = quirky('lost-ack=abort');
    expect(await restore(b)).to.equal('ack');
    await b.client.reinitialize('startRestore');
    expect(await b.client.reinitialize('abortRestore')).to.equal(SILENT);
    expect(b.device.backupState).to.equal(0);
  });

  it('=write*1 writes and stays silent once; =create and =property likewise', async () => {
    const b = quirky('lost-ack=write*1', 'lost-ack=create*1', 'lost-ack=property*1');
    await b.client.reinitialize('startRestore');
    expect(await b.client.writeFile(1, 0, octets(9))).to.equal(SILENT);
    expect(b.device.fileOctets(1)![0]).to.equal(9);
    expect(await b.client.writeFile(1, 0, octets(8))).to.equal(0);
    expect(await b.client.createObject({ object: file(7) })).to.equal(SILENT);
    expect(await b.client.createObject({ object: file(7) })).to.equal(
      'OBJECT: OBJECT_IDENTIFIER_ALREADY_EXISTS',
    );
    expect(await b.client.writeProperty(file(1), P.fileSize, [unsigned(2)])).to.equal(SILENT);
    expect(b.device.fileOctets(1)).to.have.length(2);
    expect(await b.client.writeProperty(file(1), P.fileSize, [unsigned(1)])).to.equal('ack');
  });
});

describe('state-shows', () => {
  it('shows its value while a procedure runs, also values of the future, and lets the files be read', async () => {
    for (const value of [1, 2, 4, 5, 7, 200]) {
      const b = quirky(`state-shows=${value}`);
      expect(await state(b)).to.equal(0);
      await b.client.reinitialize('startBackup');
      expect(await state(b)).to.equal(value);
      expect(shown(await b.client.readFile(1, 'stream', 0, 1))).to.equal('0: 00');
      await b.client.reinitialize('endBackup');
      expect(await state(b)).to.equal(0);
    }
  });

  it('with @SECONDS shows the truth that long after START', async () => {
    const b = quirky('state-shows=1@20');
    await b.client.reinitialize('startBackup');
    await b.world.advance(19_000);
    expect(await state(b)).to.equal(1);
    await b.world.advance(1000);
    expect(await state(b)).to.equal(3);
  });
});

describe('state-late', () => {
  it('shows idle for the first polls after START', async () => {
    const b = quirky('state-late=2');
    await b.client.reinitialize('startBackup');
    expect([await state(b), await state(b), await state(b)]).to.deep.equal([0, 0, 3]);
  });
});

describe('preparation-fails', () => {
  it('ends in backup-failure or restore-failure', async () => {
    const b = quirky('preparation-fails');
    expect(await b.client.reinitialize('startBackup')).to.equal('ack');
    expect(await state(b)).to.equal(5);
    expect(await b.client.reinitialize('startRestore')).to.equal('ack');
    expect(await state(b)).to.equal(6);
  });
});

describe('never-prepared', () => {
  it('prepares for ever, refuses the files, and can be released', async () => {
    const b = quirky('never-prepared');
    await b.client.reinitialize('startBackup');
    await b.world.advance(3_600_000);
    expect(await state(b)).to.equal(1);
    expect(await b.client.readFile(1, 'stream', 0, 1)).to.equal(BUSY);
    expect(await b.client.reinitialize('endBackup')).to.equal('ack');
    expect(await state(b)).to.equal(0);
  });
});

describe('watchdog-never', () => {
  it('never ends a procedure by itself', async () => {
    const b = quirky('watchdog-never');
    await b.client.reinitialize('startBackup');
    await b.world.advance(3_600_000);
    expect(b.device.backupState).to.equal(3);
  });
});

describe('watchdog-any-read', () => {
  it('lets any ReadProperty keep the procedure alive', async () => {
    for (const [b, expected] of [
      [quirky('watchdog-any-read'), 3],
      [bench({ files }), 5],
    ] as const) {
      await b.client.reinitialize('startBackup');
      for (let i = 0; i < 4; i++) {
        await b.world.advance(40_000);
        await b.client.value(device(), P.systemStatus);
      }
      expect(b.device.backupState).to.equal(expected);
    }
  });
});

describe('failure-timeout-fixed', () => {
  it('refuses to write Backup_Failure_Timeout, and only that', async () => {
    const { client } = quirky('failure-timeout-fixed');
    expect(await client.writeProperty(device(), P.backupFailureTimeout, [unsigned(9)])).to.equal(
      'PROPERTY: WRITE_ACCESS_DENIED',
    );
    expect(await client.writeProperty(file(1), P.archive, [{ type: 'boolean', value: true }])).to.equal(
      'ack',
    );
  });
});

describe('restore-fails', () => {
  it('acknowledges ENDRESTORE and ends in restore-failure, nothing activated', async () => {
    const b = quirky('restore-fails');
    expect(await restore(b)).to.equal('ack');
    expect(await state(b)).to.equal(6);
    expect(b.device.databaseRevision).to.equal(1);
  });

  it('fails only after the restart, in a device that restarts', async () => {
    const b = quirkyBench(['restore-fails'], {
      files,
      procedure: { restoreCompletionMs: 2000, restartsAfterRestore: true },
    });
    await restore(b);
    b.client.announcements.length = 0;
    await b.world.advance(3000);
    expect(b.client.announcements).to.have.length(1);
    expect(await state(b)).to.equal(6);
  });
});

describe('restore-unrecorded', () => {
  it('shows the same Database_Revision and Last_Restore_Time as before', async () => {
    const b = quirky('restore-unrecorded');
    const facts = async (): Promise<unknown[]> => [
      await b.client.readProperty(device(), P.databaseRevision),
      await b.client.readProperty(device(), P.lastRestoreTime),
    ];
    const before = await facts();
    expect(await restore(b)).to.equal('ack');
    expect(await facts()).to.deep.equal(before);
  });
});

describe('restore-time-sequence', () => {
  it('gives Last_Restore_Time as a number that a restore changes', async () => {
    const b = quirky('restore-time-sequence');
    expect(await b.client.readProperty(device(), P.lastRestoreTime)).to.deep.equal([
      { type: 'context', tag: 1, octets: octets(1) },
    ]);
    await restore(b);
    expect(await b.client.readProperty(device(), P.lastRestoreTime)).to.deep.equal([
      { type: 'context', tag: 1, octets: octets(2) },
    ]);
  });
});

describe('status-after-restore', () => {
  it('shows its System_Status from ENDRESTORE to the next START', async () => {
    const b = quirky('status-after-restore=non-operational');
    const status = (): Promise<unknown> => b.client.value(device(), P.systemStatus);
    expect(await status()).to.equal(0);
    await restore(b);
    expect(await status()).to.equal(4);
    await b.client.reinitialize('startBackup');
    expect(await status()).to.equal(5);
  });
});

describe('system-status-static', () => {
  it('shows operational during backup and restore', async () => {
    const b = quirky('system-status-static');
    await b.client.reinitialize('startBackup');
    expect(await b.client.value(device(), P.systemStatus)).to.equal(0);
    expect(b.device.systemStatus).to.equal(5);
  });
});

describe('silent-after-end', () => {
  it('says nothing for its seconds after END, and works afterwards', async () => {
    const b = quirky('silent-after-end=10');
    expect(await restore(b)).to.equal('ack');
    expect(await state(b)).to.equal(SILENT);
    b.client.announcements.length = 0;
    b.client.whoIs();
    await b.world.advance(5000);
    expect(b.client.announcements).to.have.length(0);
    await b.world.advance(2000);
    expect(await state(b)).to.equal(0);
  });
});

describe('password-unexpected', () => {
  it('refuses any password, and works without one', async () => {
    const { client } = quirky('password-unexpected');
    expect(await client.reinitialize('startBackup', 'x')).to.equal('SECURITY: PASSWORD_FAILURE');
    expect(await client.reinitialize('startBackup')).to.equal('ack');
  });
});

describe('files-by-index', () => {
  it('aborts whole reads of Configuration_Files, and gives elements', async () => {
    const { client } = quirky('files-by-index');
    expect(await client.readProperty(device(), P.configurationFiles)).to.equal(
      'ABORT: SEGMENTATION_NOT_SUPPORTED',
    );
    expect(await client.value(device(), P.configurationFiles, 0)).to.equal(2);
    expect(await client.value(device(), P.configurationFiles, 2)).to.equal('10,2');
    expect(await client.readProperty(device(), P.objectList)).to.have.length(3);
  });
});

describe('files-only-in-procedure', () => {
  it('shows Configuration_Files empty outside a procedure', async () => {
    const b = quirky('files-only-in-procedure');
    expect(await b.client.readProperty(device(), P.configurationFiles)).to.deep.equal([]);
    expect(await b.client.value(device(), P.configurationFiles, 0)).to.equal(0);
    await b.client.reinitialize('startBackup');
    expect(await b.client.readProperty(device(), P.configurationFiles)).to.have.length(2);
  });
});

describe('files-late', () => {
  it('shows Configuration_Files empty for the first reads after START', async () => {
    const b = quirky('files-late=2');
    await b.client.reinitialize('startBackup');
    const counts = [];
    for (let i = 0; i < 3; i++) counts.push(await b.client.value(device(), P.configurationFiles, 0));
    expect(counts).to.deep.equal([0, 0, 2]);
    expect(await b.client.readProperty(device(), P.configurationFiles)).to.have.length(2);
  });
});

describe('max-apdu-claimed', () => {
  it('claims it in I-Am and as a property', async () => {
    const b = quirkyBench(['max-apdu-claimed=1024'], { limits: { maxApdu: 206 } });
    await b.world.advance(5);
    expect(b.client.announcements.map((a) => a.maxApdu)).to.deep.equal([1024]);
    expect(await b.client.value(device(), P.maxApduLengthAccepted)).to.equal(1024);
  });
});

describe('property-missing', () => {
  it('has not the properties named, by number or name', async () => {
    const { client } = quirky('property-missing=last-restore-time+42');
    expect(await client.readProperty(device(), P.lastRestoreTime)).to.equal('PROPERTY: UNKNOWN_PROPERTY');
    expect(await client.readProperty(file(1), P.fileSize)).to.equal('PROPERTY: UNKNOWN_PROPERTY');
    const [all] = await client.readMultiple([{ object: file(1), properties: [{ property: P.all }] }]);
    expect(all!.properties.map((p) => p.property)).to.not.include(P.fileSize);
  });
});

describe('slow-answers', () => {
  it('answers late, and answers a repetition once', async () => {
    const b = quirkyBench(['slow-answers=2500'], { files }, { apduTimeoutMs: 1000, retries: 3 });
    const before = b.world.clock.now();
    expect(await state(b)).to.equal(0);
    expect(b.world.clock.now() - before).to.be.within(2500, 2510);
  });
});
