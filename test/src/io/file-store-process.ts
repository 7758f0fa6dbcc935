// Another process that saves into a folder; the tests start it beside others, or end it half-way.
// Arguments: "race FOLDER SEED" saves a hundred files with content of its own and says which it won, once
// it has read a line from stdin; "hang FOLDER" begins a save that never ends.

import { once } from 'node:events';
import { FileStore } from '../../../src/io/file-store.js';
import { isEngineError } from '../../../src/errors.js';
import { noise } from '../repository/samples.js';

const [mode = '', folder = '', seed = ''] = process.argv.slice(2);
const store = new FileStore(folder);

async function race(): Promise<void> {
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  const content = noise(3000, Number(seed));
  const won: number[] = [];
  for (let file = 0; file < 100; file += 1) {
    try {
      await store.save({ area: 'images', name: `hq/1201/${file}.json` }, content);
      won.push(file);
    } catch (error) {
      if (!isEngineError(error, 'store-exists')) throw error;
    }
    await store.saveNamed(
      'objects',
      (async function* () {
        yield await Promise.resolve(noise(2000, file));
      })(),
      () => `ab/${file}`,
    );
  }
  process.stdout.write(`${JSON.stringify(won)}\n`);
  process.stdin.destroy();
}

async function hang(): Promise<void> {
  async function* endless(): AsyncIterable<Uint8Array> {
    yield noise(1_000_000);
    process.stdout.write('writing\n');
    await new Promise((resolve) => setTimeout(resolve, 600_000));
  }
  await store.save({ area: 'images', name: 'hq/1201/hung.json' }, endless());
}

await (mode === 'race' ? race() : hang());
