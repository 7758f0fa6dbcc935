// One of the processes that hammer one repository: does its work again and again, and says in a line of JSON what it
// has done as soon as that is promised. Arguments: ROLE FOLDER NUMBER ROUNDS. Without ROUNDS (0) it goes on until
// its stdin ends. It is killed at any moment.

import { isEngineError } from '../../src/errors.js';
import { openRepository } from '../../src/open.js';
import { type Repository, utcText } from '../../src/repository/index.js';
import { SeededRandom } from '../../simulator/index.js';
import { chunks, imageFile, manifest, noise } from '../src/repository/samples.js';

/** What a worker says. */
export type Said =
  | { readonly did: 'saved'; readonly id: string }
  | { readonly did: 'tagged'; readonly id: string }
  | { readonly did: 'forgot' | 'pruned' | 'waited'; readonly count: number }
  | { readonly did: 'checked'; readonly errors: readonly string[] }
  | { readonly did: 'stumbled'; readonly words: string };

const [role = '', folder = '', number = '', rounds = ''] = process.argv.slice(2);
const random = new SeededRandom(`${role} ${number} ${process.pid}`);
/** Content comes again for so many tenths of a second: it is forgotten, pruned and saved again all the time. */
const AGE = 30;
const DEVICES = 3;

/** Some wait for others, some do not. */
const patience = (): number => (random.chance(0.5) ? 0 : role === 'victim' ? 1000 : 5000);

const say = (said: Said): unknown => process.stdout.write(`${JSON.stringify(said)}\n`);

async function backup(repository: Repository): Promise<void> {
  const at = utcText(Date.now());
  const instance = Number(number) * 10 + random.below(DEVICES);
  const seed = (): number => Math.floor(Date.now() / 100) - random.below(AGE);
  const pick = (): Uint8Array => noise(20_000 + random.below(2) * 300_000, seed());
  const draft = await repository.begin();
  try {
    const files = [
      imageFile(1, await draft.addStream(chunks(pick()))),
      imageFile(2, await draft.addStream(chunks(pick()))),
      imageFile(3, await draft.addRecords(chunks('one', '', `record ${seed()}`))),
    ];
    const device = { instance, name: `device ${instance}` };
    const image = await draft.publish(manifest(files, { createdAt: at, device }));
    say({ did: 'saved', id: image.id });
    if (!random.chance(0.02)) return;
    await repository.record(image, { type: 'tag', tag: 'golden' });
    say({ did: 'tagged', id: image.id });
  } finally {
    await draft.close();
  }
}

async function forget(repository: Repository): Promise<void> {
  const images = await repository.images();
  const untagged: string[] = [];
  for (const image of images) if ((await repository.facts(image)).length === 0) untagged.push(image.id);
  const one = untagged[random.below(Math.max(1, untagged.length))];
  const what =
    one !== undefined && random.chance(0.3) ? { ids: [one] } : { policy: { last: 1 + random.below(3) } };
  const report = await repository.forget({ ...what, lockWaitMs: patience() });
  say({ did: 'forgot', count: report.forgotten });
}

async function prune(repository: Repository): Promise<void> {
  const report = await repository.prune({ lockWaitMs: patience() });
  say({ did: 'pruned', count: report.freed.objects });
  if (report.waiting.objects > 0) say({ did: 'waited', count: report.waiting.objects });
}

async function check(repository: Repository): Promise<void> {
  const { findings } = await repository.check({ readData: true });
  const errors = findings.filter(({ severity }) => severity === 'error');
  say({ did: 'checked', errors: errors.map(({ code, place, message }) => `${code} ${place}: ${message}`) });
}

const WORK: Readonly<Record<string, (repository: Repository) => Promise<void>>> = {
  backup,
  keeper: async (repository) => {
    await check(repository);
    await unlessBusy(() => forget(repository));
    await unlessBusy(() => prune(repository));
  },
  // Whoever is killed has a bit of everything under way.
  victim: async (repository) => {
    const draw = random.below(4);
    await unlessBusy(() => (draw === 0 ? forget : draw === 1 ? prune : backup)(repository));
  },
};

/** Somebody else does the same: that is no fault. Nor is that an image has just been forgotten by him. */
async function unlessBusy(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isBusy = isEngineError(error, 'repository-locked') || isEngineError(error, 'image-not-found');
    if (!isBusy) throw error;
  }
}

async function main(): Promise<void> {
  const work = WORK[role];
  if (!work) throw new Error(`no such role: ${role}`);
  const stop = new AbortController();
  process.stdin.once('end', () => stop.abort()).resume();
  for (let round = 0; !stop.signal.aborted && (rounds === '0' || round < Number(rounds)); round += 1) {
    // As one command line after the other: each opens the repository by itself.
    const repository = await openRepository(folder);
    try {
      await work(repository);
    } catch (error) {
      say({ did: 'stumbled', words: `${role}: ${String(error)}` });
    } finally {
      await repository.close();
    }
  }
  process.stdin.destroy();
}

await main();
