// bacvault import: images from a file that "bacvault export" wrote.

import { addOutputOptions, addRepositoryOptions, type RepositoryOptions } from '../options.js';
import type { OutputOptions } from '../output.js';
import { counted, printable } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions & RepositoryOptions;

export const importVerb: Verb = {
  name: 'import',
  summary: 'take images from an exported ZIP file into the repository',
  description:
    'Reads the whole file and checks every octet, name and sum before anything is written; then takes in the images and ' +
    'what was said of them. Images that are in the repository already stay as they are. Ids do not change.',
  examples: [{ line: 'bacvault import north.zip', what: 'everything in it' }],
  define: (command, start) => {
    command.argument('<file>', 'the ZIP file');
    addRepositoryOptions(command);
    addOutputOptions(command).action(start(importImages));
  },
};

async function importImages(session: Session, options: Options, file: string): Promise<void> {
  await session.withRepository(options, async (repository) => {
    const archive = await session.engine.openArchive(file);
    try {
      const report = await repository.import(archive);
      const lines = [
        `${printable(report.place)}: ${counted(report.imported.length, 'image')} imported`,
        ...(report.present.length === 0 ? [] : [`${report.present.length} were there already`]),
        ...(report.facts === 0
          ? []
          : [`${counted(report.facts, 'tag, note or proof', 'tags, notes and proofs')} added`]),
      ];
      session.output.result(`${lines.join('; ')}\n`, report);
    } finally {
      await archive.close();
    }
  });
}
