// What was reported as saved must stay, octet by octet, until somebody asks to forget it: every image that a
// backup has reported, and whether a repository still has it.

import type { ForgetReport, ImageSummary, Repository } from '../../src/repository/index.js';
import { type Contents, difference, imageContent } from './checkers.js';

interface Saved {
  readonly instance: number;
  readonly createdAt: string;
  readonly content: Contents;
}

export class Promised {
  readonly #images = new Map<string, Saved>();
  /** The fewest images of each device that anybody has begun to keep; undefined: nobody forgets anything. */
  #last: number | undefined;

  promise({ id, manifest }: ImageSummary, content: Contents): void {
    this.#images.set(id, { instance: manifest.device.instance, createdAt: manifest.createdAt, content });
  }

  content(id: string): Contents | undefined {
    return this.#images.get(id)?.content;
  }

  /** Whether somebody has begun to forget images. */
  get isForgetting(): boolean {
    return this.#last !== undefined;
  }

  /** Somebody begins to forget all but the last so many: from now on older ones may be gone. */
  forgetting(last: number): void {
    this.#last = Math.min(last, this.#last ?? Infinity);
  }

  /** What was reported as forgotten need not stay. */
  forgot({ decisions }: ForgetReport): void {
    for (const { id, keep } of decisions) if (!keep) this.#images.delete(id);
  }

  /** Everything that is wrong with what was promised, in words. */
  async faults(repository: Repository): Promise<string[]> {
    const faults: string[] = [];
    const there = await repository.images();
    for (const [id, { content, instance, createdAt }] of this.#images) {
      const image = there.find((one) => one.id === id);
      if (image === undefined) {
        const newer = there.filter(
          ({ manifest }) => manifest.device.instance === instance && manifest.createdAt >= createdAt,
        );
        if (newer.length < (this.#last ?? Infinity))
          faults.push(`image ${id.slice(0, 8)} was reported and is lost`);
        continue;
      }
      const found = difference(content, await imageContent(repository, image));
      if (found !== undefined) faults.push(`image ${id.slice(0, 8)} is no longer what it was: ${found}`);
    }
    return faults;
  }
}
