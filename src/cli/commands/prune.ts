// bacvault prune: frees what no image needs. It never touches what an image names, and never disturbs a backup.

import type { LockHolder, ObjectCount, PruneReport } from '../../index.js';
import { addLockOptions, addOutputOptions, addRepositoryOptions, type LockOptions } from '../options.js';
import type { RepositoryOptions } from '../options.js';
import type { OutputOptions } from '../output.js';
import { counted, moment, octets, printable } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions & RepositoryOptions & LockOptions & { readonly dryRun?: true };

export const pruneVerb: Verb = {
  name: 'prune',
  summary: 'free the content that no image needs any more',
  description:
    'Deletes the content that only forgotten images or failed backups needed, and says how much that is. Backups, imports ' +
    'and restores may run meanwhile, also on other computers: what is to go is first set aside, and deleted when they have ' +
    'ended. With --lock-wait this command waits for that; without, the rest is deleted by the next prune. A prune that was ' +
    'stopped is finished by the next one. Ends with status 11 when another process prunes, forgets or repairs.',
  examples: [
    { line: 'bacvault prune --dry-run', what: 'says what would be freed' },
    { line: 'bacvault prune --lock-wait 2h', what: 'waits for running backups, at most so long' },
  ],
  define: (command, start) => {
    addRepositoryOptions(command);
    addLockOptions(command);
    command.optionsGroup('Prune:').option('--dry-run', 'only say what would be freed');
    addOutputOptions(command).action(start(prune));
  },
};

async function prune(session: Session, options: Options): Promise<void> {
  await session.withRepository(options, async (repository) => {
    session.output.note(`Looking for what no image needs in ${printable(repository.place)}.`);
    const report = await repository.prune({
      dryRun: options.dryRun === true,
      lockWaitMs: options.lockWait ?? 0,
      signal: session.signal,
    });
    const object = { kind: 'prune-report', ...report };
    session.output.result(reportText(report), object);
  });
}

function reportText(report: PruneReport): string {
  const { dryRun, images, freed, waiting, holders, restored, facts } = report;
  const lines = [
    `${dryRun ? 'Would free' : 'Freed'} ${amount(freed)} that none of ${counted(images, 'image')} needs.`,
  ];
  if (restored > 0)
    lines.push(`Put back ${counted(restored, 'object')} that an interrupted prune had set aside.`);
  if (facts > 0)
    lines.push(`${dryRun ? 'Would remove' : 'Removed'} ${counted(facts, 'fact')} of forgotten images.`);
  if (waiting.objects > 0) {
    const who =
      holders.length === 0
        ? 'another computer was at work until a moment ago'
        : holders.map(holderText).join('; ');
    lines.push(
      `Set aside, for the next prune to delete: ${amount(waiting)}, because of others at work: ${who}. ` +
        'With --lock-wait this command waits for them.',
    );
  }
  return `${lines.join('\n')}\n`;
}

function amount({ objects, octets: size }: ObjectCount): string {
  return `${counted(objects, 'object')} of ${octets(size)}`;
}

function holderText({ command, host, processId, since }: LockHolder): string {
  if (command === undefined) return 'somebody whose lock cannot be read';
  const where = host === undefined ? '' : ` on ${printable(host)}`;
  const process = processId === undefined ? '' : `, process ${processId}${where}`;
  return `${printable(command)}${process}${since === undefined ? '' : `, since ${moment(since)}`}`;
}
