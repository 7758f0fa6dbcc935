// bacvault export: images as one ZIP file that anybody can read, check and keep.

import { EngineError, type ImageSummary } from '../../index.js';
import { findImage, imageName } from '../image-choice.js';
import {
  addOutputOptions,
  addRepositoryOptions,
  deviceInstance,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { counted, octets, printable } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions & RepositoryOptions & { readonly device?: number };

export const exportVerb: Verb = {
  name: 'export',
  summary: 'write images into one ZIP file',
  description:
    'Writes images, with what was said of them, into one ZIP file: manifests, configuration files as plain octets, ' +
    'SHA256SUMS that "sha256sum -c" checks, and a page that explains it all to a stranger. Every octet is compared with ' +
    'the image on its way out. A file that is there already is never replaced.',
  examples: [
    { line: 'bacvault export 1a2b3c4d 5e6f7a8b north.zip', what: 'two images' },
    { line: 'bacvault export latest ahu-3.zip --device 1201', what: 'the newest of a device' },
  ],
  define: (command, start) => {
    command.argument('<image...>', 'image ids (4 or more hex digits) or "latest", and at the end the file');
    command.optionsGroup('Which images:').option('--device <instance>', 'whose latest image', deviceInstance);
    addRepositoryOptions(command, 'only this site');
    addOutputOptions(command).action(start(exportImages));
  },
};

async function exportImages(session: Session, options: Options, words: readonly string[]): Promise<void> {
  const file = words.at(-1) ?? '';
  const names = words.slice(0, -1).map(imageName);
  if (names.length === 0)
    throw new EngineError('usage', 'Give one or more images, and the name of the file after them.');
  await session.withRepository(options, async (repository) => {
    const images: ImageSummary[] = [];
    for (const name of names)
      images.push(await findImage(repository, name, { site: options.site, instance: options.device }));
    const archive = await session.engine.createArchive(file);
    const report = await repository.export(images, archive);
    const what = `${counted(report.images.length, 'image')}, ${counted(report.files, 'file')}, ${octets(report.octets)}`;
    session.output.result(`${printable(report.place)}: ${what}\n`, report);
  });
}
