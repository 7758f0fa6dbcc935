// bacvault drill: a pass is a proof and leaves one; a failure is told, kept, and never called a pass; nothing
// but facts and a log changes in the repository.

import { expect } from 'chai';
import type { Engine } from '../../../../src/cli/engine.js';
import type { FactBody, ImageFact, Repository } from '../../../../src/index.js';
import { standingOf } from '../../../../src/index.js';
import { recordFile, streamFile } from '../../../support/world.js';
import { drilled, kept, type Kept } from '../twin/rehearsed.js';

const FILES = [streamFile(1, 5000), recordFile(2, [10, 0, 200]), streamFile(3, 0)];

async function left({ stage, image }: Kept): Promise<{ facts: ImageFact[]; runs: string[]; images: number }> {
  const { repository } = stage;
  const runs: string[] = [];
  for await (const name of repository.runs()) runs.push(name);
  return { facts: await repository.facts(image), runs, images: (await repository.images()).length };
}

function ofType<T extends FactBody['type']>(
  facts: readonly ImageFact[],
  type: T,
): Extract<FactBody, { type: T }>[] {
  return facts
    .map(({ fact }) => fact)
    .filter((fact): fact is Extract<FactBody, { type: T }> => fact.type === type);
}

async function lastEvents(repository: Repository, run: string | undefined): Promise<unknown[]> {
  const { lines, faults, ended } = await repository.readRun(run ?? '');
  expect(faults).to.deep.equal([]);
  expect(ended).to.equal(true);
  return lines.map(({ event, outcome }) => (event === 'end' ? `end: ${String(outcome)}` : event));
}

describe('drill', () => {
  it('passes on a good image, and leaves a report and a proof beside it', async () => {
    const good = await kept({ files: FILES });
    const result = await drilled(good, { args: ['--json'] });
    expect(result.status, result.err).to.equal(0);
    const [report] = result.lines();
    expect(report).to.deep.include({
      kind: 'drill-report',
      passed: true,
      failures: [],
      imageId: good.image.id,
    });
    expect(report?.['files']).to.deep.equal([
      { file: 1, access: 'stream', equal: true, octets: 5000 },
      { file: 2, access: 'record', equal: true, octets: 210, records: 3 },
      { file: 3, access: 'stream', equal: true, octets: 0 },
    ]);
    expect(report?.['cannotShow']).to.be.an('array').that.is.not.empty;
    const { facts, runs, images } = await left(good);
    expect(images, "the undo image of a twin is nobody's").to.equal(1);
    expect(runs).to.have.length(1);
    const [drill] = ofType(facts, 'drill');
    expect(drill).to.deep.include({ passed: true, run: runs[0], report });
    expect(ofType(facts, 'verified')).to.deep.equal([{ type: 'verified', how: 'drill', run: runs[0] }]);
    expect(standingOf(good.image, facts).verified).to.include({ how: 'drill', run: runs[0] });
    expect(await lastEvents(good.stage.repository, runs[0])).to.deep.equal([
      'begin',
      'rehearsed',
      'end: passed',
    ]);
    expect((await good.stage.repository.check()).findings).to.deep.equal([]);
    expect(await good.stage.repository.journal.entries()).to.deep.equal([]);
  });

  it('fails on an image that its device could give but cannot take back, and keeps that', async () => {
    // It can send a record in segments, and receive none.
    const device = {
      files: [recordFile(2, [10, 1000])],
      limits: { maxApdu: 480, segmentation: 'transmit' },
    } as const;
    const stuck = await kept(device);
    const result = await drilled(stuck, { args: ['--json'] });
    expect(result.status).to.equal(17);
    expect(result.err)
      .to.contain('larger than one request')
      .and.to.contain('1000 octets')
      .and.to.contain('No device was touched');
    const [report, error] = result.lines();
    expect(report).to.deep.include({ kind: 'drill-report', passed: false, files: [] });
    expect(error).to.include({ kind: 'error', code: 'drill-failed' });
    expect(error?.['details']).to.include({ failure: 'transfer-unreadable' });
    const { facts, runs } = await left(stuck);
    expect(ofType(facts, 'drill')).to.have.length(1);
    expect(ofType(facts, 'drill')[0]).to.include({ passed: false });
    expect(ofType(facts, 'verified')).to.deep.equal([]);
    expect((await lastEvents(stuck.stage.repository, runs[0])).at(-1)).to.equal('end: failed');
  });

  it('does nothing on a damaged image but say so, with 20', async () => {
    const damaged = await kept({ files: FILES });
    const [file] = damaged.image.manifest.files;
    const { sha256 } = file!.objects[0]!;
    const handle = { area: 'objects', name: `${sha256.slice(0, 2)}/${sha256}` } as const;
    await damaged.stage.store.remove(handle);
    await damaged.stage.store.save(handle, new Uint8Array(5000));
    const result = await drilled(damaged);
    expect(result.status).to.equal(20);
    expect(result.out).to.equal('');
    expect(await left(damaged)).to.deep.equal({ facts: [], runs: [], images: 1 });
  });

  it('believes the twin, not the engine: a restore that says it worked and wrote nothing fails', async () => {
    const good = await kept({ files: FILES });
    const other = await kept({ files: FILES });
    const report = await other.stage.restore(other.image.id);
    const liar: Engine['restore'] = () => Promise.resolve(report);
    const result = await drilled(good, { engine: { restore: liar } });
    expect(result.status).to.equal(17);
    expect(result.out)
      .to.contain('FAILED: file,1 on the twin: it differs from octet 0 on')
      .and.to.contain('FAILED: file,2 on the twin: it differs from record 0 on')
      .and.to.contain('FAILED: the twin did not take the configuration into use');
    expect(result.out).to.contain("file,3 in the twin's memory: equal");
    const { facts } = await left(good);
    expect(ofType(facts, 'verified')).to.deep.equal([]);
  });

  it('rehearses faults that are asked for: those that the restore handles pass, the others fail', async () => {
    const good = await kept({ files: FILES });
    const passes = await drilled(good, {
      args: ['--quirk', 'write-dropped=1', '--quirk', 'silent-after-end=90'],
    });
    expect(passes.status, passes.err).to.equal(0);
    expect(passes.out)
      .to.contain('did not read back equal')
      .and.to.contain('as asked for: quirk write-dropped=1');
    const fails = await drilled(good, { args: ['--quirk', 'write-corrupts=always'] });
    expect(fails.status).to.equal(17);
    expect(fails.out).to.contain('FAILED').and.to.not.contain('passed');
  });

  it('restores onto a twin without its files, and fails when they cannot be made', async () => {
    const good = await kept({ files: FILES });
    const made = await drilled(good, { args: ['--blank', 'missing'] });
    expect(made.status, made.err).to.equal(0);
    expect(made.out)
      .to.contain('its files missing')
      .and.to.contain('the File object was missing and was made');
    const refused = await drilled(good, { args: ['--blank', 'missing', '--quirk', 'create-refused'] });
    expect(refused.status).to.equal(17);
  });

  it('meets the checks of the plan that the device will meet, and lets through what is allowed by name', async () => {
    const { stage, image } = await kept({ files: FILES });
    const { instance, name } = image.manifest.device;
    const draft = await stage.repository.begin();
    const nameless = {
      stage,
      image: await draft.publish({ ...image.manifest, device: { instance, name: name ?? '' } }),
    };
    const blocked = await drilled(nameless, { args: ['--json'] });
    expect(blocked.status).to.equal(17);
    expect(blocked.err).to.contain('--allow vendor');
    const allowed = await drilled(nameless, { args: ['--allow', 'vendor', '--json'] });
    expect(allowed.status, allowed.err).to.equal(0);
    expect(allowed.lines()[0]).to.have.deep.nested.property('restore.allowed', ['vendor']);
    const unknown = await drilled(nameless, { args: ['--allow', 'everything'] });
    expect(unknown.status).to.equal(2);
    expect(unknown.err).to.contain('The checks are site, instance');
    expect((await left(nameless)).runs).to.have.length(2);
  });

  it('asks its twin for the password that is given', async () => {
    const open = await kept({ files: FILES });
    const result = await drilled(open, { args: ['--password-env', 'REINIT'], env: { REINIT: 'geheim' } });
    expect(result.status, result.err).to.equal(0);
    expect(result.out + result.err + JSON.stringify(await left(open))).to.not.contain('geheim');
  });

  it('says how long a slow device behind a router may take, in no time', async () => {
    const slow = await kept(
      {
        files: [streamFile(1, 20_000)],
        limits: { maxApdu: 206, segmentation: 'none' },
        procedure: { backupPreparationMs: 60_000 },
      },
      ['slow-answers=900'],
      { lane: {} },
    );
    const result = await drilled(slow, { args: ['--json'] });
    expect(result.status, result.err).to.equal(0);
    const [report] = result.lines() as { estimate: { totalMs: number; outageMs: number }; twin: object }[];
    const { copyMs } = slow.image.manifest.procedure.timings ?? { copyMs: 0 };
    expect(copyMs).to.be.above(60_000);
    // Read twice, written, read back, and read once more at the recorded pace, in four procedures.
    expect(report?.estimate.totalMs).to.be.within(240_000 + 4 * copyMs, 240_000 + 6 * copyMs);
    expect(report?.estimate.outageMs).to.be.within(60_000 + copyMs, 60_000 + 3 * copyMs);
    expect(report?.twin).to.include({ network: 2001, maxApdu: 206 });
  });

  it('stops at Ctrl-C, and keeps no verdict', async () => {
    const good = await kept({ files: [streamFile(1, 500_000)] });
    const result = await drilled(good, {
      onIo: (io) => {
        const { stderr } = io;
        const write = stderr.write.bind(stderr);
        stderr.write = ((text: string) => {
          if (text.includes('writing the configuration files')) io.interrupt();
          return write(text);
        }) as typeof stderr.write;
      },
    });
    expect(result.status).to.equal(130);
    expect(result.err).to.contain('Stopping.');
    const { facts, runs } = await left(good);
    expect(facts).to.deep.equal([]);
    expect((await lastEvents(good.stage.repository, runs[0])).at(-1)).to.equal('end: cancelled');
  });

  it('ends the log of a rehearsal that a defect ended, and keeps no verdict', async () => {
    const good = await kept({ files: FILES });
    const result = await drilled(good, {
      engine: { restore: () => Promise.reject(new TypeError('a defect')) },
    });
    expect(result.status).to.equal(70);
    const { facts, runs } = await left(good);
    expect(facts).to.deep.equal([]);
    expect((await lastEvents(good.stage.repository, runs[0])).at(-1)).to.equal('end: failed');
  });
});
