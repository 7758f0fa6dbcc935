// probe: what a device can do, found by reading alone.

import { expect } from 'chai';
import { ConfirmedService } from '../../../protocol/index.js';
import type { DeviceConfigInput, Quirk } from '../../../simulator/index.js';
import { type Capabilities, probe } from '../../../src/procedure/index.js';
import { failure, Stage, streamFile } from '../../support/world.js';

async function probed(
  device: DeviceConfigInput,
  quirks: readonly (string | Quirk)[] = [],
): Promise<Capabilities> {
  const services = new Set<number>();
  const listens: Quirk = {
    name: 'listens',
    summary: 'notes services',
    beforeRequest: ({ service }) => {
      services.add(service);
      return undefined;
    },
  };
  const stage = await Stage.open({
    device: { files: [streamFile(1, 5)], ...device },
    quirks: [listens, ...quirks],
  });
  const found = await stage.run(probe(await stage.bind()));
  const { readProperty, readPropertyMultiple } = ConfirmedService;
  expect([...services], 'reads only').to.have.members(
    [readProperty, readPropertyMultiple].slice(0, services.size),
  );
  expect(stage.deviceEvents).to.deep.equal([]);
  return found;
}

describe('a probe', () => {
  it('tells identity, times, state and services, and that backup and restore are there', async () => {
    const found = await probed({
      name: 'AHU 3',
      procedure: { backupPreparationMs: 5000, backupFailureTimeoutS: 99 },
    });
    expect(found).to.deep.include({
      kind: 'capabilities',
      device: 1001,
      backupAndRestore: 'yes',
      reasons: [],
      state: 'idle',
      systemStatus: 'operational',
      backupFailureTimeoutS: 99,
      backupPreparationTimeS: 5,
      configurationFiles: 1,
    });
    expect(found.identity.name).to.equal('AHU 3');
    expect(found.services).to.deep.include({
      reinitializeDevice: true,
      atomicReadFile: true,
      atomicWriteFile: true,
    });
  });

  it('does not take a list that is empty outside a backup for "no"', async () => {
    const found = await probed({}, ['files-only-in-procedure']);
    expect(found.backupAndRestore).to.equal('yes');
    expect(found.reasons.join()).to.contain('only during a backup');
  });

  it('says no, and why, where a service or the property is missing', async () => {
    const bits = new Array<boolean>(41).fill(true);
    bits[20] = false;
    const without: Quirk = {
      name: 'without',
      summary: 'has no ReinitializeDevice',
      property: ({ property }) => (property === 97 ? [{ type: 'bit-string', bits }] : undefined),
    };
    const noService = await probed({}, [without]);
    expect(noService.backupAndRestore).to.equal('no');
    expect(noService.reasons).to.deep.equal(['ReinitializeDevice is not supported']);
    const noList = await probed({}, ['property-missing=configuration-files']);
    expect(noList.backupAndRestore).to.equal('no');
  });

  it('says that it does not know where the device does not tell its services', async () => {
    const found = await probed({}, ['property-missing=protocol-services-supported']);
    expect(found.backupAndRestore).to.equal('unknown');
  });

  it('leaves out what the device does not tell', async () => {
    const found = await probed({ procedure: { stateProperties: false } }, [
      'property-missing=last-restore-time',
    ]);
    expect(found).to.not.have.any.keys(
      'state',
      'lastRestoreTime',
      'backupPreparationTimeS',
      'restoreCompletionTimeS',
    );
    expect(found.backupAndRestore).to.equal('yes');
  });

  it('fails on silence, and when it is cancelled', async () => {
    const stage = await Stage.open({ device: { files: [] } });
    const device = await stage.bind();
    stage.world.onDatagram(() => 'drop');
    expect((await failure(stage.run(probe(device)))).code).to.equal('device-silent');
    expect((await failure(stage.run(probe(device, { signal: AbortSignal.abort() })))).code).to.equal(
      'cancelled',
    );
  });
});
