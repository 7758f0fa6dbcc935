// ReinitializeDevice (reinitialize-device): passwords, and every state in every phase.

import { expect } from 'chai';
import { ConfirmedService as Service, ReinitializeState } from '../../../../protocol/index.js';
import { type Bench, bench, octets, ramp, stream, words } from '../../support.js';

const files = [stream(1, ramp(5))];
const STATES = Object.keys(ReinitializeState) as (keyof typeof ReinitializeState)[];
const BUSY = 'DEVICE: CONFIGURATION_IN_PROGRESS';

describe('ReinitializeDevice', () => {
  describe('password', () => {
    it('is ignored by a device that has none', async () => {
      const { client } = bench({ files });
      expect(await client.reinitialize('startBackup', 'anything')).to.equal('ack');
      expect(await client.reinitialize('endBackup')).to.equal('ack');
    });

    it('must be the right one for every state of a device that has one', async () => {
      const { client, device: view } = bench({ files, password: 'Schlüssel' });
      for (const state of STATES) {
        expect(await client.reinitialize(state), state).to.equal('SECURITY: PASSWORD_FAILURE');
        expect(await client.reinitialize(state, 'schlüssel'), state).to.equal('SECURITY: PASSWORD_FAILURE');
      }
      expect(view.backupState).to.equal(0);
      expect(await client.reinitialize('startBackup', 'Schlüssel')).to.equal('ack');
      expect(await client.reinitialize('endBackup')).to.equal('SECURITY: PASSWORD_FAILURE');
      expect(view.backupState).to.equal(3);
      expect(await client.reinitialize('endBackup', 'Schlüssel')).to.equal('ack');
    });

    it('may have 20 characters, however many octets they are, and not 21', async () => {
      const password = 'ü'.repeat(20);
      const { client } = bench({ files, password });
      expect(await client.reinitialize('startBackup', password)).to.equal('ack');
      const tooLong = octets(0x09, 2, 0x1d, 22, 0, ...new Uint8Array(21).fill(0x78));
      expect(words(await client.ask(Service.reinitializeDevice, tooLong))).to.equal(
        'SERVICES: PARAMETER_OUT_OF_RANGE',
      );
    });
  });

  describe('in every phase', () => {
    const prepare: Record<string, (bench: Bench) => Promise<unknown>> = {
      idle: () => Promise.resolve(),
      'preparing-for-backup': ({ client }) => client.reinitialize('startBackup'),
      'performing-a-backup': async ({ client, world }) => {
        await client.reinitialize('startBackup');
        await world.advance(1000);
      },
      'preparing-for-restore': ({ client }) => client.reinitialize('startRestore'),
      'performing-a-restore': async ({ client, world }) => {
        await client.reinitialize('startRestore');
        await world.advance(1000);
      },
      'completing-restore': async ({ client, world }) => {
        await client.reinitialize('startRestore');
        await world.advance(1000);
        await client.reinitialize('endRestore');
      },
    };
    const accepted: Record<string, string[]> = {
      idle: ['coldstart', 'warmstart', 'startBackup', 'startRestore'],
      'preparing-for-backup': ['endBackup'],
      'performing-a-backup': ['endBackup'],
      'preparing-for-restore': ['abortRestore'],
      'performing-a-restore': ['endRestore', 'abortRestore'],
      'completing-restore': [],
    };
    for (const [phase, enter] of Object.entries(prepare)) {
      for (const state of STATES.filter((s) => s !== 'activateChanges')) {
        const expected = accepted[phase]!.includes(state) ? 'ack' : BUSY;
        it(`${phase}, ${state}: ${expected}`, async () => {
          const times = { backupPreparationMs: 1000, restorePreparationMs: 1000, restoreCompletionMs: 1000 };
          const made = bench({ files, procedure: times });
          await enter(made);
          expect(await made.client.reinitialize(state)).to.equal(expected);
        });
      }
    }
  });

  it('refuses ACTIVATE_CHANGES, and rejects states that the standard does not have', async () => {
    const { client } = bench();
    expect(await client.reinitialize('activateChanges')).to.equal(
      'SERVICES: OPTIONAL_FUNCTIONALITY_NOT_SUPPORTED',
    );
    expect(words(await client.ask(Service.reinitializeDevice, octets(0x09, 8)))).to.equal(
      'REJECT: UNDEFINED_ENUMERATION',
    );
  });

  it('restarts on COLDSTART and WARMSTART: acknowledges, falls silent, returns with I-Am', async () => {
    for (const state of ['coldstart', 'warmstart'] as const) {
      const { client, world, events } = bench({ files });
      await world.advance(10);
      client.announcements.length = 0;
      expect(await client.reinitialize(state)).to.equal('ack');
      client.whoIs();
      await world.advance(2000);
      expect(client.announcements).to.have.length(0);
      await world.advance(2000);
      expect(client.announcements.map((a) => a.device)).to.deep.equal([1001]);
      expect(events.map((e) => e.kind)).to.deep.equal(['restarting']);
    }
  });
});
