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
        '--pace',
        'gentle',
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
      pace: 'gentle',
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

  it('--verify asks for a second reading, and says what it came to and what changes by itself', async () => {
    const [file, ...files] = manifest().files;
    const volatileRanges = [
      { start: 100, end: 108 },
      { start: 300, end: 301 },
    ];
    const report = backupReport(1201, {
      manifest: manifest({ files: [{ ...file!, volatileRanges }, ...files] }),
      secondReading: { outcome: 'volatile', reasons: [], durationMs: 9000 },
      run: '2026-03-01T021500Z-1f2e3d4c',
    });
    const engine = fakeEngine({ backup: () => Promise.resolve(report) });
    const result = await ran(['backup', '1201', '--verify'], fakeIo(), engine);
    expect(result.status).to.equal(0);
    expect(result.out)
      .to.contain(
        'second reading: equal outside places that change by themselves, so the image is verified (9.0 s)',
      )
      .and.to.contain('changes by itself: file,12: octets 100 to 107, octet 300');
    const [[, , options]] = engine.argumentsOf('backup') as [[unknown, unknown, Record<string, unknown>]];
    expect(options).to.include({ verify: true });
  });

  it('--verify ends with status 17 when the second reading proves nothing, though the image is kept', async () => {
    for (const outcome of ['different', 'failed'] as const) {
      const secondReading = { outcome, reasons: ['file 3: all of it differs'], durationMs: 9000 };
      const engine = fakeEngine({ backup: () => Promise.resolve(backupReport(1201, { secondReading })) });
      const result = await ran(['backup', '1201', '--verify'], fakeIo(), engine);
      expect(result.status, outcome).to.equal(17);
      expect(result.out)
        .to.contain('image 1a2b3c4d')
        .and.to.contain('NOT VERIFIED: file 3: all of it differs');
      expect(result.err).to.contain('not verified').and.to.contain('The image is kept');
    }
  });

  it('--verify does not end with status 0 when the proof could not be written down', async () => {
    const report = backupReport(1201, {
      secondReading: { outcome: 'equal', reasons: [], durationMs: 9000 },
      unrecorded: ['the disk is full'],
    });
    const engine = fakeEngine({ backup: () => Promise.resolve(report) });
    const result = await ran(['backup', '1201', '--verify'], fakeIo(), engine);
    expect(result.status).to.equal(20);
    expect(result.err).to.contain('the disk is full');
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
