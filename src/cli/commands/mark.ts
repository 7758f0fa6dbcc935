// bacvault tag, untag, note: what people say of an image. Each word is a fact of its own beside the image;
// the image itself is never changed.

import { type Command, InvalidArgumentError } from 'commander';
import { EngineError, type FactBody, standingOf, tagFault } from '../../index.js';
import { findImage, imageName } from '../image-choice.js';
import {
  addOutputOptions,
  addRepositoryOptions,
  deviceInstance,
  repeated,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { imageLine, standingRows } from '../render/image.js';
import { pairs } from '../render/table.js';
import type { Session } from '../session.js';
import type { Start, Verb } from '../verb.js';

type Options = OutputOptions & RepositoryOptions & { readonly device?: number };

export const tagVerb: Verb = {
  name: 'tag',
  summary: 'give an image tags, as "as-built" or "golden"',
  description:
    'Tags are found with "bacvault find --tag", and tagged images are kept by "bacvault forget". The image itself is not ' +
    'changed: what is said of it lies beside it.',
  examples: [
    { line: 'bacvault tag 1a2b3c4d as-built', what: 'one tag' },
    {
      line: 'bacvault tag latest golden winter --device 1201',
      what: 'two, for the newest image of a device',
    },
  ],
  define: (command, start) => {
    command.argument('<image>', 'image id (4 or more hex digits) or "latest"', imageName);
    command.argument('<tag...>', '1 to 40 of a-z, 0-9 and -', tags);
    defineRest(command, start, (words) => words.map((tag) => ({ type: 'tag', tag })));
  },
};

export const untagVerb: Verb = {
  name: 'untag',
  summary: 'take tags from an image',
  description: 'Takes tags away again. That an image once had a tag stays on record beside it.',
  examples: [{ line: 'bacvault untag 1a2b3c4d golden', what: 'one tag' }],
  define: (command, start) => {
    command.argument('<image>', 'image id (4 or more hex digits) or "latest"', imageName);
    command.argument('<tag...>', 'the tags', tags);
    defineRest(command, start, (words) => words.map((tag) => ({ type: 'untag', tag })));
  },
};

export const noteVerb: Verb = {
  name: 'note',
  summary: 'write a note on an image',
  description:
    'Notes are shown by "bacvault show" and searched by "bacvault find". A note is never changed or removed.',
  examples: [{ line: 'bacvault note 1a2b3c4d "before the pump was replaced, WO 8812"', what: 'one note' }],
  define: (command, start) => {
    command.argument('<image>', 'image id (4 or more hex digits) or "latest"', imageName);
    command.argument('<text>', 'the note');
    defineRest(command, start, ([text = '']) => [{ type: 'note', text }]);
  },
};

function defineRest(command: Command, start: Start, factsOf: (words: readonly string[]) => FactBody[]): void {
  command.optionsGroup('Which image:').option('--device <instance>', 'whose latest image', deviceInstance);
  addRepositoryOptions(command, 'only this site');
  addOutputOptions(command).action(
    start((session: Session, options: Options, name: string, words: string | readonly string[]) =>
      mark(session, options, name, factsOf(typeof words === 'string' ? [words] : words)),
    ),
  );
}

async function mark(
  session: Session,
  options: Options,
  name: string,
  facts: readonly FactBody[],
): Promise<void> {
  await session.withRepository(options, async (repository) => {
    const image = await findImage(repository, name, { site: options.site, instance: options.device });
    const { tags: before } = standingOf(image, await repository.facts(image));
    for (const fact of facts) {
      if (fact.type === 'untag' && !before.includes(fact.tag))
        throw new EngineError('usage', `Image ${image.id.slice(0, 8)} has no tag "${fact.tag}".`);
      if (fact.type === 'tag' && before.includes(fact.tag)) continue;
      await repository.record(image, fact);
    }
    const standing = standingOf(image, await repository.facts(image));
    const line = { kind: 'image-standing', id: image.id, ...standing };
    session.output.result(`${imageLine(image)}\n${pairs(standingRows(standing), '  ')}`, line);
  });
}

function tags(text: string, before: readonly string[] = []): readonly string[] {
  const fault = tagFault(text);
  if (fault !== undefined) throw new InvalidArgumentError(`${fault}.`);
  return repeated(text, before);
}
