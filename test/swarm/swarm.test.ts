// Some hundred nights: seeds that found something once, and fresh ones. `npm run swarm` runs thousands.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { quirkNamed, quirks } from '../../simulator/device/index.js';
import { MUTANTS } from '../mutants/mutants.js';
import { projectRoot } from '../support/sources.js';
import { QUIRK_DRAWS } from './quirk-draws.js';
import { wanted } from './reach.js';
import { failureWords, FRESH, night, seedsFrom, swarm, type SwarmResult } from './run.js';
import { DRAWING, drawSite } from './site.js';

/** How to make fixtures/reach.json anew. */
const ANEW = 'npm run swarm -- --cover --seeds 5000 makes fixtures/reach.json anew';

interface SeedFile {
  readonly seed: number;
  readonly drawing: number;
  readonly found: string;
  readonly mutant?: string;
}

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(join(projectRoot, 'fixtures', name), 'utf8'));
}

function seedFiles(): SeedFile[] {
  return readdirSync(join(projectRoot, 'fixtures/seeds'))
    .filter((name) => name.endsWith('.json'))
    .map((name) => fixture(`seeds/${name}`) as SeedFile);
}

describe('the swarm', () => {
  const reaching = fixture('reach.json') as { readonly drawing: number; readonly seeds: readonly number[] };
  const seeds = [...new Set([...seedsFrom(1, FRESH), ...reaching.seeds])];
  let result: SwarmResult;

  before(async function () {
    this.timeout(600_000);
    const beganMs = performance.now();
    result = await swarm(seeds);
    const seconds = (performance.now() - beganMs) / 1000;
    console.log(
      `    ${result.seeds} seeds, ${(result.seeds / seconds).toFixed(1)} a second, ` +
        `${(result.virtualMs / 3_600_000).toFixed(0)} simulated hours, ${result.acts} procedures`,
    );
  });

  it(`finds nothing wrong in ${seeds.length} nights`, () => {
    expect(seeds.length).to.be.at.least(300);
    expect(result.failed.length, failureWords(result.failed)).to.equal(0);
  });

  it('meets every event, error code, row, quirk and fault in them', () => {
    expect(reaching.drawing, ANEW).to.equal(DRAWING);
    expect(result.reach.missing, ANEW).to.deep.equal([]);
  });

  it('finds nothing any more where it once found something', async function () {
    this.timeout(240_000);
    const found = await swarm(seedFiles().map(({ seed }) => seed));
    expect(found.failed.length, failureWords(found.failed)).to.equal(0);
  });

  it('says of every seed that found something what it was, as the nights are drawn now', () => {
    expect(seedFiles().length).to.be.greaterThan(0);
    for (const { seed, drawing, found, mutant } of seedFiles()) {
      expect(drawing, `seed ${seed}: see fixtures/seeds/README.md`).to.equal(DRAWING);
      expect(found.length, `what seed ${seed} found`).to.be.greaterThan(20);
      if (mutant !== undefined) expect(MUTANTS.map(({ name }) => name)).to.include(mutant);
    }
  });

  it('gives the same trace hash for the same seed, and another for another', async () => {
    const [one, again, other] = [await night(7), await night(7), await night(8)];
    expect(again.hash).to.equal(one.hash);
    expect(again.virtualMs).to.equal(one.virtualMs);
    expect(other.hash).to.not.equal(one.hash);
  });

  it('gives one trace hash in one process and in fresh ones', async function () {
    this.timeout(120_000);
    const hashes = new Set<string>();
    for (let i = 0; i < 3; i += 1) hashes.add((await night(18)).hash);
    for (let i = 0; i < 3; i += 1) {
      const script = join(projectRoot, 'scripts/swarm.mjs');
      const said = execFileSync(process.execPath, [script, '--seed', '18'], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      hashes.add(/trace hash ([0-9a-f]+)/.exec(said)?.[1] ?? 'none');
    }
    expect([...hashes]).to.have.length(1);
  });

  it('changes nothing in a night by tracing it', async () => {
    const lines: string[] = [];
    const traced = await night(9, { trace: (text) => lines.push(text) });
    expect(traced.hash).to.equal((await night(9)).hash);
    expect(lines.length).to.be.greaterThan(50);
  });

  it('draws the same site from the same seed', () => {
    expect(drawSite(11)).to.deep.equal(drawSite(11));
  });

  it('gives every quirk there is to some device, with values that it takes', () => {
    expect(QUIRK_DRAWS.map(({ name }) => name).sort()).to.deep.equal(quirks.map(({ name }) => name).sort());
    for (const { name, values } of QUIRK_DRAWS) {
      for (const value of values) expect(() => quirkNamed(name, value)).to.not.throw();
    }
  });

  it('wants to have met every error code, event, quirk and row, each named once', () => {
    expect(new Set(wanted()).size).to.equal(wanted().length);
    expect(wanted().length).to.be.greaterThan(120);
  });
});
