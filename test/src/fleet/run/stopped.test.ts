// A run that does not come to its own end (run, window, passes): its window stops, or somebody stops it. What is defended: devices
// are released, nobody is forgotten, and what is said is what was.

import { expect } from 'chai';

import { FleetStage, outcomes } from '../../../support/fleet.js';
import { failure } from '../../../support/world.js';

describe('a run that ends early', () => {
  it('looks everywhere again after a run that was stopped before it had heard everybody', async () => {
    const stage = await FleetStage.open({ site: { devices: [{ instance: 100, tags: [] }] } });
    const stop = new AbortController();
    void stage.world.clock.sleep(1000).then(() => stop.abort());
    const stopped = await stage.run({ signal: stop.signal });
    expect(stopped).to.include({ outcome: 'cancelled' });
    expect(stopped.counts).to.include({ devices: 1, notBegun: 1 });
    const rerun = await stage.run();
    expect(rerun).to.include({ outcome: 'done', since: stopped.since });
    expect(rerun.counts).to.include({ devices: 7, backedUp: 7 });
  });

  it('tells how those ended that were to be tried again when somebody stopped it', async () => {
    const stage = await FleetStage.open({
      networks: 0,
      direct: 2,
      site: { devices: [{ instance: 7, tags: [] }] },
    });
    const stop = new AbortController();
    void stage.world.clock.sleep(30_000).then(() => stop.abort());
    const summary = await stage.run({ signal: stop.signal });
    expect(summary).to.include({ outcome: 'cancelled' });
    const ends = stage.events.filter((event) => event.kind === 'device-end');
    expect(ends.filter(({ final }) => final)).to.have.length(3);
    const { lines } = await stage.repository.readRun(summary.run ?? '');
    const last = lines.filter((line) => line.event === 'device' && line['device'] === 7).at(-1);
    expect(last).to.include({ outcome: 'failed', failures: 1 }).and.not.have.property('again');
  });

  it('begins nothing after its window, ends what is under way cleanly at the end of its grace, and says 4', async () => {
    const stage = await FleetStage.open({ octets: 20_000 });
    const stopsAtMs = stage.world.clock.unixTime() + 30_000;
    const summary = await stage.run({ stopsAtMs, graceMs: 1000 });
    expect(summary).to.include({ outcome: 'window-ended', exitCode: 4 });
    expect(summary.counts.notBegun).to.be.greaterThan(0);
    const interrupted = summary.devices.filter(({ outcome }) => outcome === 'interrupted');
    for (const { code, release } of interrupted)
      expect({ code, release }).to.deep.equal({ code: 'window-ended', release: 'released' });
    for (const { backupState } of stage.views.values()) expect(backupState).to.equal(0);
    // The rerun finishes the rest.
    const rerun = await stage.run();
    expect(rerun).to.include({ outcome: 'done' });
    expect(rerun.counts.present).to.equal(summary.counts.backedUp);
  });

  it('says of a device that failed why, when the window leaves no time to try it again', async () => {
    const stage = await FleetStage.open({
      networks: 0,
      direct: 2,
      site: { devices: [{ instance: 7, tags: [] }] },
    });
    const stopsAtMs = stage.world.clock.unixTime() + 40_000;
    const summary = await stage.run({ stopsAtMs, graceMs: 0 });
    expect(summary.devices.find(({ device }) => device === 7)).to.include({
      outcome: 'failed',
      code: 'device-not-found',
      tries: 1,
    });
    expect(summary).to.include({ outcome: 'partial', exitCode: 3 });
  });

  it('ends as a window does when that ends before anybody was found', async () => {
    const stage = await FleetStage.open({
      networks: 0,
      direct: 1,
      site: { devices: [{ instance: 7, tags: [] }] },
    });
    const summary = await stage.run({ stopsAtMs: stage.world.clock.unixTime() + 1000, graceMs: 0 });
    expect(summary).to.include({ outcome: 'window-ended', exitCode: 4 }).and.not.have.property('problem');
    expect(outcomes(summary)).to.deep.equal({ 7: 'not-begun' });
  });

  it('lets the current device finish when it can', async () => {
    const stage = await FleetStage.open({ octets: 20_000 });
    const stopsAtMs = stage.world.clock.unixTime() + 20_000;
    const summary = await stage.run({ stopsAtMs, graceMs: 600_000 });
    expect(summary.counts.interrupted).to.equal(0);
    expect(summary.counts.backedUp).to.be.greaterThan(1);
    expect(summary).to.include({ outcome: 'window-ended', exitCode: 4 });
    const ended = stage.events.find((event) => event.kind === 'window-ended');
    expect(ended?.underWay).to.deep.equal([200102, 200202]);
  });

  it('releases every device when it is stopped, and says 130', async () => {
    const stage = await FleetStage.open({ octets: 20_000 });
    const stop = new AbortController();
    void stage.world.clock.sleep(15_000).then(() => stop.abort());
    const summary = await stage.run({ signal: stop.signal });
    expect(summary).to.include({ outcome: 'cancelled', exitCode: 130 });
    expect(summary.counts.interrupted).to.be.greaterThan(0);
    for (const { backupState } of stage.views.values()) expect(backupState).to.equal(0);
  });

  it('begins nothing where the window of the rule is closed, unless it is told to, and stops when it closes', async () => {
    // The world begins at midnight UTC.
    const closed = await FleetStage.open({
      networks: 0,
      rule: { window: { startMinute: 60, stopMinute: 120 } },
    });
    const error = await failure(closed.run());
    expect(error.code).to.equal('window-ended');
    expect(error.message).to.include('closed until 2026-01-01 01:00 (UTC)');
    expect(await closed.run({ ignoreWindow: true })).to.include({ outcome: 'done' });
    await closed.world.advance(3_600_000);
    expect(await closed.run()).to.include({ stopsAt: '2026-01-01T02:00:00.000Z' });
  });
});
