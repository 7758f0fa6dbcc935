// Images newest first over all devices, each with the one before it of its device, for lists of any length: the names
// say in which second an image was made. Keeps all names, and manifests only of one moment of each device.

import type { Store } from '../ports.js';
import { type ImageFilter, newestFirst, readImage } from './catalogue.js';
import { deviceNames } from './index-cache.js';
import { parseImageName } from './names.js';
import type { DatedImage, ImageSummary } from './types.js';

/** Files that are no images are left out, as everywhere: `check` reports them. */
export async function* imageHistory(store: Store, filter: ImageFilter = {}): AsyncIterable<DatedImage> {
  const moments: { readonly time: string; readonly device: DeviceHistory }[] = [];
  for await (const { manifests } of deviceNames(store, filter)) {
    const device = new DeviceHistory(store, manifests);
    for (const time of new Set(manifests.map(timeOf))) moments.push({ time, device });
  }
  // Of one second, devices stay in the order of their names: sorting is stable.
  moments.sort((a, b) => (a.time === b.time ? 0 : a.time > b.time ? -1 : 1));
  for (const { device } of moments) yield* device.next();
}

function timeOf(name: string): string {
  return parseImageName(name)?.time ?? '';
}

/** The images of one device, a moment at a time: all of the same second. */
class DeviceHistory {
  readonly #store: Store;
  /** Newest first: of one device, names sort as their times do. Those from `#read` on were not looked into. */
  readonly #names: readonly string[];
  #read = 0;
  /** Moments that were read to know the image before another one, and were not given yet. */
  readonly #ahead: ImageSummary[][] = [];

  constructor(store: Store, names: readonly string[]) {
    this.#store = store;
    this.#names = names.toSorted().reverse();
  }

  /** The images of the next moment; none when all of its files are damaged or were taken away. */
  async *next(): AsyncIterable<DatedImage> {
    const images = this.#ahead.shift() ?? (await this.#readMoment());
    for (const [index, image] of images.entries()) {
      const before = images[index + 1] ?? (await this.#newestLeft());
      yield before === undefined ? { image } : { image, before };
    }
  }

  /** The newest image of the moments that were not given yet. */
  async #newestLeft(): Promise<ImageSummary | undefined> {
    while (this.#ahead.every((images) => images.length === 0) && this.#read < this.#names.length)
      this.#ahead.push(await this.#readMoment());
    return this.#ahead.flat()[0];
  }

  async #readMoment(): Promise<ImageSummary[]> {
    const images: ImageSummary[] = [];
    const time = timeOf(this.#names[this.#read] ?? '');
    for (let name; (name = this.#names[this.#read]) !== undefined && timeOf(name) === time; this.#read += 1) {
      const says = parseImageName(name);
      const reading = says && (await readImage(this.#store, { name, says }));
      if (reading?.kind === 'image') images.push(reading.image);
    }
    return images.sort(newestFirst);
  }
}
