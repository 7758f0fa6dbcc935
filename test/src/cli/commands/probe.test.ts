// bacvault probe.

import { expect } from 'chai';
import { capabilities, fakeEngine, fakeIo, ran } from '../fakes.js';

describe('probe', () => {
  it('says in plain words and exact property names what a device can do', async () => {
    const result = await ran(['probe', '1201'], fakeIo(), fakeEngine());
    expect(result).to.include({ status: 0, err: '' });
    expect(result.out.split('\n')).to.deep.equal([
      'Device 1201',
      '  Backup and restore: yes (DM-BR-B)',
      '  Object_Name               AHU-3',
      '  Vendor                    Acme Controls (vendor id 555)',
      '  Model_Name                AC-9',
      '  Firmware_Revision         2.4',
      '  Protocol_Revision         14',
      '  Address                   10.1.0.1:47808, network:MAC 2001:17',
      '  Max_APDU_Length_Accepted  480 octets',
      '  Segmentation_Supported    none',
      '  Services                  ReinitializeDevice yes, AtomicReadFile yes, AtomicWriteFile yes, CreateObject NO',
      '  System_Status             operational',
      '  Backup_And_Restore_State  idle',
      '  Backup_Failure_Timeout    3600 s',
      '  Configuration_Files       none now (many devices list them only during a backup)',
      '  Database_Revision         9',
      '',
    ]);
  });

  it('gives the reasons when a device cannot, and says that 0 s means never', async () => {
    const engine = fakeEngine({
      probe: () =>
        Promise.resolve(
          capabilities(1201, {
            backupAndRestore: 'no',
            reasons: ['ReinitializeDevice is not in Protocol_Services_Supported'],
            backupFailureTimeoutS: 0,
            configurationFiles: 3,
          }),
        ),
    });
    const { out } = await ran(['probe', '1201'], fakeIo(), engine);
    expect(out).to.contain(
      'Backup and restore: NO\n  ReinitializeDevice is not in Protocol_Services_Supported\n',
    );
    expect(out).to.match(/Backup_Failure_Timeout +0 s \(never\)/);
    expect(out).to.match(/Configuration_Files +3 now/);
  });

  it('says what is known of such devices', async () => {
    const quirk = { name: 'station', remedies: ['returnSeconds 9'], advice: ['It reboots.'], source: 'seen' };
    const engine = fakeEngine({ probe: () => Promise.resolve(capabilities(1201, { quirks: [quirk] })) });
    const { out } = await ran(['probe', '1201'], fakeIo(), engine);
    expect(out).to.match(/Known: station +returnSeconds 9; It reboots\./);
  });

  it('prints the capabilities as they are with --json, one line a device', async () => {
    const result = await ran(['probe', '1201', '1202', '--json'], fakeIo(), fakeEngine());
    const plain = JSON.parse(JSON.stringify([capabilities(1201), capabilities(1202)])) as unknown;
    expect(result.lines()).to.deep.equal(plain);
  });
});
