// Which devices a damage concerns, for `check`: the newest image of each, and whether that one is hurt.
// A few numbers for each device and each hurt image.

import type { ImageId, ImageManifest } from './types.js';
import type { DeviceReference } from './upkeep-types.js';
import { parseUtcText, utcInName } from './utc.js';

interface Device extends DeviceReference {
  /** Its newest whole manifest. */
  newest?: { readonly id: ImageId; readonly atMs: number; readonly time: string };
  /** The newest of its manifests that cannot be used, as times are in names. */
  lost?: string;
}

export class Devices {
  readonly #devices = new Map<string, Device>();
  /** Whose an image is; of those that something is wrong with. */
  readonly #owners = new Map<ImageId, DeviceReference>();
  readonly #hurt = new Set<ImageId>();

  seen(id: ImageId, { site, device, createdAt }: ImageManifest): void {
    const own = this.#device({ site, instance: device.instance });
    const atMs = parseUtcText(createdAt) ?? 0;
    if (own.newest === undefined || atMs >= own.newest.atMs)
      own.newest = { id, atMs, time: utcInName(createdAt) };
  }

  /** There was a manifest, and it cannot be used. */
  lost(name: DeviceReference & { readonly time: string }): void {
    const own = this.#device(name);
    if (own.lost === undefined || name.time > own.lost) own.lost = name.time;
  }

  known(id: ImageId, { site, instance }: DeviceReference): void {
    this.#owners.set(id, { site, instance });
  }

  /** Something that the image needs is wrong. */
  hurt(id: ImageId): void {
    this.#hurt.add(id);
  }

  isNewest(id: ImageId): boolean {
    const owner = this.#owners.get(id);
    return owner !== undefined && this.#device(owner).newest?.id === id;
  }

  of(images: readonly ImageId[]): DeviceReference[] {
    const found = new Map<string, DeviceReference>();
    for (const id of images) {
      const owner = this.#owners.get(id);
      if (owner) found.set(keyOf(owner), owner);
    }
    return [...found.values()];
  }

  /** Those whose newest image is hurt, or that have lost one since. */
  inNeed(): DeviceReference[] {
    return [...this.#devices.values()]
      .filter(({ newest, lost }) =>
        newest === undefined
          ? true
          : this.#hurt.has(newest.id) || (lost !== undefined && lost >= newest.time),
      )
      .map(({ site, instance }) => ({ site, instance }));
  }

  #device({ site, instance }: DeviceReference): Device {
    const key = keyOf({ site, instance });
    const device = this.#devices.get(key) ?? { site, instance };
    this.#devices.set(key, device);
    return device;
  }
}

function keyOf({ site, instance }: DeviceReference): string {
  return `${instance} ${site}`;
}
