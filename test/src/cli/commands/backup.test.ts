// bacvault backup.

import { expect } from 'chai';
import { backupReport, fakeEngine, fakeIo, manifest, ran } from '../fakes.js';

describe('backup', () => {
  it('prints image, files, octets, duration and deviations on stdout', async () => {
    const result = await ran(['backup', '1201'], fakeIo(), fakeEngine());
    expect(result.status).to.equal(0);
    expect(result.out).to.equal(
      'Device 1201 AHU-3: image 1a2b3c4d, 2 files, 8 octets, 20 s\n  deviation: End_Of_File came one read late\n',
    );
  });

  it('prints the whole report with --json', async () => {
    const result = await ran(['backup', '1201', '--json'], fakeIo(), fakeEngine());
    const [line] = result.lines();
    expect(line).to.include({ kind: 'backup-report', device: 1201, files: 2, release: 'released' });
    expect(line).to.have.deep.property('manifest', JSON.parse(JSON.stringify(manifest())));
  });

  it('hands site, password, cancelling and progress to the engine', async () => {
    const io = fakeIo({ env: { P: 'x' } });
    const engine = fakeEngine({
      backup: (device, _repository, options) => {
        options?.onEvent?.({ kind: 'phase', phase: 'copy', device: device.instance });
        return Promise.resolve(backupReport(device.instance));
      },
    });
    await ran(
      [
        'backup',
        '1201',
        '--site',
        'Hospital',
        '--password-env',
        'P',
        '--preparation-timeout',
        '600',
        '--outage-timeout',
        '90',
      ],
      io,
      engine,
    );
    const [[, , options]] = engine.argumentsOf('backup') as [[unknown, unknown, Record<string, unknown>]];
    expect(options).to.include({
      site: 'Hospital',
      password: 'x',
      preparationTimeoutMs: 600_000,
      outageTimeoutMs: 90_000,
    });
    expect(options['signal']).to.be.instanceOf(AbortSignal);
    expect(io.stderr.text).to.equal('device 1201: copying the configuration files\n');
  });

  it('does not call a device a success that nobody saw leave backup, though the image is kept', async () => {
    const engine = fakeEngine({ backup: () => Promise.resolve(backupReport(1201, { release: 'unproven' })) });
    const result = await ran(['backup', '1201'], fakeIo(), engine);
    expect(result.status).to.equal(18);
    expect(result.out).to.contain('image 1a2b3c4d');
    expect(result.err).to.contain('may STILL be in the procedure');
  });

  it('opens the repository before it talks to anyone, and closes what it opened', async () => {
    const engine = fakeEngine();
    await ran(['backup', '1201'], fakeIo(), engine);
    expect(engine.calls.map(([name]) => name)).to.deep.equal([
      'openRepository',
      'openClient',
      'device',
      'backup',
      'close client',
      'close repository',
    ]);
  });

  it('needs a target', async () => {
    const result = await ran(['backup'], fakeIo(), fakeEngine());
    expect(result.status).to.equal(2);
    expect(result.err)
      .to.contain("missing required argument 'target'")
      .and.to.contain('bacvault help backup');
  });
});
