// bacvault check: reads the whole repository and says what is wrong with it. It never changes anything.

import { type CheckFinding, EngineError } from '../../index.js';
import { addOutputOptions, addRepositoryOptions, type RepositoryOptions } from '../options.js';
import type { OutputOptions } from '../output.js';
import { counted, octets, printable } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions & RepositoryOptions;

export const checkVerb: Verb = {
  name: 'check',
  summary: 'read the whole repository and report damage',
  description:
    'Reads every manifest and every object, compares all hashes, and prints one line per finding with the images that ' +
    'need the damaged thing. Nothing is changed or repaired. Ends with status 20 when there is any error; warnings ' +
    '(leftovers of an interrupted save, unknown files) do not change the status.',
  examples: [{ line: 'bacvault check --repo /srv/backups/north', what: 'reads everything' }],
  define: (command, start) => {
    addRepositoryOptions(command);
    addOutputOptions(command).action(start(check));
  },
};

async function check(session: Session, options: Options): Promise<void> {
  const { output } = session;
  await session.withRepository(options, async (repository) => {
    output.note(`Reading all of ${printable(repository.place)}.`);
    const { findings, ...counts } = await repository.check({ signal: session.signal });
    const errors = findings.filter((finding) => finding.severity === 'error').length;
    const warnings = findings.length - errors;
    for (const finding of findings) output.result(findingText(finding), findingObject(finding));
    const read = [
      counted(counts.images, 'image'),
      counted(counts.objects, 'object'),
      octets(counts.octets),
    ].join(', ');
    const judged = `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
    const report = { kind: 'check-report', ...counts, errors, warnings };
    output.result(`Read ${read}: ${judged}.\n`, report);
    if (errors > 0) {
      throw new EngineError('repository-corrupt', `The repository has ${counted(errors, 'error')}.`, {
        details: { place: repository.place, errors, warnings },
      });
    }
  });
}

function findingText(finding: CheckFinding): string {
  const needed = finding.images.map((id) => id.slice(0, 8)).join(', ');
  const images = needed === '' ? '' : ` (needed by image ${needed})`;
  return `${finding.severity}: ${finding.code}: ${printable(finding.place)}: ${printable(finding.message)}${images}\n`;
}

function findingObject(finding: CheckFinding): { readonly kind: string } {
  const line = { kind: 'finding', ...finding };
  return line;
}
