// bacvault init: makes a repository. It never touches one that is there.

import {
  addOutputOptions,
  addRepositoryOptions,
  repositoryPlace,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { printable } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions & RepositoryOptions;

export const initVerb: Verb = {
  name: 'init',
  summary: 'make a repository for images',
  description:
    'Makes an empty repository. The folder must be empty or missing; a repository that is there already is ' +
    'never touched. The site is used for every backup that names none: device instances are unique inside one site.',
  examples: [
    { line: 'bacvault init', what: 'makes ./bacvault-repository' },
    {
      line: 'bacvault init --repo D:\\backups\\north --site "Hospital North"',
      what: 'another folder, with a site name',
    },
  ],
  define: (command, start) => {
    addRepositoryOptions(command, 'name of the site used where none is given (default "default")');
    addOutputOptions(command).action(start(init));
  },
};

async function init(session: Session, options: Options): Promise<void> {
  const place = repositoryPlace(options, session.io);
  const repository = await session.engine.initRepository(place, {
    log: session.output.log,
    ...(options.site === undefined ? {} : { defaultSite: options.site }),
  });
  try {
    const { id, options: made } = repository;
    const object = { kind: 'repository', id, place: repository.place, defaultSite: made.defaultSite };
    const where = `${printable(repository.place)}, site ${printable(made.defaultSite)}`;
    session.output.result(`Made the repository ${id} in ${where}.\n`, object);
  } finally {
    await repository.close();
  }
}
