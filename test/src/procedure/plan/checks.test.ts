// Every check of a restore plan, over simulated devices: where it passes, where it warns, where it blocks;
// that a block writes nothing, and that its permission lets it through and is found in the run log. The
// scenes are in cases/; this plays them, and sees to it that none is missing.

import { expect } from 'chai';
import { PLAN_CHECKS } from '../../../../src/procedure/index.js';
import { CHECK_NAMES } from '../../../../src/procedure/plan/index.js';
import {
  checkOf,
  expectOnlyRead,
  lastRun,
  plannedIn,
  type PlanCase,
  planScene,
} from '../../../support/plans.js';
import { failure } from '../../../support/world.js';
import { FILE_CASES } from './cases/files.js';
import { IDENTITY_CASES } from './cases/identity.js';
import { IMAGE_CASES } from './cases/image.js';
import { STATE_CASES } from './cases/state.js';
import { TRAVEL_CASES } from './cases/travel.js';

const CASES: readonly PlanCase[] = [
  ...IDENTITY_CASES,
  ...STATE_CASES,
  ...FILE_CASES,
  ...TRAVEL_CASES,
  ...IMAGE_CASES,
];

for (const name of CHECK_NAMES) {
  describe(`the check "${name}"`, () => {
    const cases = CASES.filter(({ check }) => check === name);
    const { never } = PLAN_CHECKS[name];

    for (const one of cases) {
      it(`${one.is === 'ok' ? 'is ok' : `${one.is}s`} when ${one.when}, and nothing is written`, () =>
        judges(one));
    }

    for (const one of cases.filter(({ is }) => is === 'block')) {
      it(`stops the restore when ${one.when}, before anything is written`, () => stops(one));
      if (never === undefined) {
        it(`lets it through by its name, with the reason in the run log, when ${one.when}`, () =>
          passes(one));
      } else {
        it(`cannot be allowed when ${one.when}`, () => cannotBeAllowed(one));
      }
    }

    it('has a scene for each judgement that its rules speak of, and no other', () => {
      const { warns, blocks } = PLAN_CHECKS[name];
      const expected = [
        'ok',
        ...(warns === undefined ? [] : ['warn']),
        ...(blocks === undefined ? [] : ['block']),
      ];
      expect([...new Set(cases.map(({ is }) => is))]).to.have.members(expected);
    });
  });
}

async function judges(one: PlanCase): Promise<void> {
  const scene = await planScene(one.story);
  const check = checkOf(await plannedIn(scene), one.check);
  expect(check.severity, check.text).to.equal(one.is);
  expect(check.unknown, check.text).to.equal(one.unknown ?? false);
  if (check.unknown) {
    expect(check.severity).to.not.equal('ok');
    expect(check.text).to.contain('unknown');
  }
  if (one.image !== undefined) expect(check.image).to.equal(one.image);
  if (one.device !== undefined) expect(check.device).to.equal(one.device);
  if (one.says !== undefined) expect(check.text).to.contain(one.says);
  if (one.is === 'block') expect(check.code).to.equal(one.code ?? PLAN_CHECKS[one.check].code);
  expectOnlyRead(scene);
}

async function stops(one: PlanCase): Promise<void> {
  const scene = await planScene(one.story);
  const error = await failure(scene.stage.restore(scene.image, scene.options));
  expect(error.details['blocked']).to.include(one.check);
  expect(error.details.release).to.equal('not-started');
  expect(error.message).to.contain(`${one.check}: `);
  expectOnlyRead(scene);
  const lines = await lastRun(scene);
  expect(lines.map(({ event }) => event)).to.deep.equal(['begin', 'plan', 'end']);
  expect(lines.at(-1)).to.deep.include({ outcome: 'blocked', blocked: error.details['blocked'] });
}

async function passes(one: PlanCase): Promise<void> {
  const scene = await planScene(one.story);
  const plan = await plannedIn(scene);
  const check = checkOf(plan, one.check);
  const allow = plan.checks.filter(({ severity }) => severity === 'block').map(({ name }) => name);
  const act = scene.stage.restore(scene.image, { ...scene.options, allow, reason: 'work order 8812' });
  if (one.allowed === undefined || one.allowed === 'restored') {
    expect((await act).allowed).to.deep.equal(allow);
  } else {
    const error = await failure(act);
    expect(error.code, error.message).to.equal(one.allowed);
    scene.stage.expectHonest(error.details.release);
  }
  const allowed = (await lastRun(scene)).filter(({ event }) => event === 'allowed');
  expect(allowed.map((line) => line['check'])).to.deep.equal(allow);
  const line = allowed.find((candidate) => candidate['check'] === one.check);
  expect(line).to.deep.include({
    reason: 'work order 8812',
    text: check.text,
    ...(check.image === undefined ? {} : { image: check.image }),
    ...(check.device === undefined ? {} : { device: check.device }),
  });
}

async function cannotBeAllowed(one: PlanCase): Promise<void> {
  const scene = await planScene(one.story);
  const options = { ...scene.options, allow: [one.check], reason: 'work order 8812' };
  const error = await failure(scene.stage.restore(scene.image, options));
  expect(error.details['blocked']).to.include(one.check);
  expectOnlyRead(scene);
  expect((await lastRun(scene)).map(({ event }) => event)).to.not.include('allowed');
}
