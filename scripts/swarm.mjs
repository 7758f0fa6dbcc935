// The long run of the swarm: seeds one after the other until their number, or the time, is up. Prints every
// fault with the line that replays it, and in the end what was never met.
//   npm run swarm -- [--seeds N] [--minutes M] [--first S]    many nights
//   npm run swarm -- --until-fault [...]                      up to the first with a fault
//   npm run swarm -- --seed S                                 one night, with everything that happens in it
//   npm run swarm -- --cover [...]                            makes fixtures/reach.json: a few of these seeds that meet
//                                                             everything, for npm test
import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

const { cover, failureWords, night, seedsFrom, swarm } = await import('../dist/test/swarm/run.js');
const { DRAWING } = await import('../dist/test/swarm/site.js');

/** From so many seeds on, everything must have been met. */
const REACH_FROM = 5000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string' },
    first: { type: 'string', default: '1' },
    reach: { type: 'boolean', default: false },
    'until-fault': { type: 'boolean', default: false },
    cover: { type: 'boolean', default: false },
  },
});

function whole(name, text) {
  const number = Number(text);
  if (Number.isFinite(number) && number >= 0) return number;
  console.error(`--${name} ${text} is not a number`);
  process.exit(2);
}

if (values.seed !== undefined) {
  const one = await night(whole('seed', values.seed), { trace: (text) => console.log(text) });
  console.log(
    `seed ${one.seed}: trace hash ${one.hash}, ${(one.virtualMs / 60_000).toFixed(1)} simulated minutes`,
  );
  for (const fault of one.faults) console.log(`FAULT ${fault}`);
  process.exit(one.faults.length > 0 ? 1 : 0);
}

const minutes = values.minutes === undefined ? Infinity : whole('minutes', values.minutes);
const count =
  values.seeds === undefined ? (minutes < Infinity ? Infinity : 1000) : whole('seeds', values.seeds);
if (values.cover) {
  const { seeds, missing } = await cover(seedsFrom(whole('first', values.first), count));
  const file = new URL('../fixtures/reach.json', import.meta.url);
  writeFileSync(file, `${JSON.stringify({ drawing: DRAWING, seeds }, null, 2)}\n`);
  console.log(`${seeds.length} seeds in fixtures/reach.json`);
  if (missing.length > 0) console.error(`never met:\n  ${missing.join('\n  ')}`);
  process.exit(missing.length > 0 ? 1 : 0);
}
const beganMs = performance.now();
const seconds = () => (performance.now() - beganMs) / 1000;
let done = 0;
const result = await swarm(seedsFrom(whole('first', values.first), count), {
  enough: (_, failed) => seconds() > minutes * 60 || (values['until-fault'] && failed > 0),
  onNight: (one) => {
    done += 1;
    if (one.faults.length > 0) console.log(failureWords([one]));
    if (done % 500 === 0) console.log(`${done} seeds, ${(done / seconds()).toFixed(1)} a second`);
  },
});
console.log(
  `${result.seeds} seeds in ${seconds().toFixed(0)} s (${(result.seeds / seconds()).toFixed(1)} a second), ` +
    `${(result.virtualMs / 3_600_000).toFixed(0)} simulated hours, ${result.acts} procedures, ` +
    `${result.requests} requests, ${result.failed.length} seeds with faults`,
);
if (values.reach)
  for (const [what, times] of result.reach.counts) console.log(`${String(times).padStart(9)} ${what}`);
const { missing } = result.reach;
if (missing.length > 0) console.log(`never met:\n  ${missing.join('\n  ')}`);
const unreached = missing.length > 0 && result.seeds >= REACH_FROM;
process.exit(result.failed.length > 0 || unreached ? 1 : 0);
