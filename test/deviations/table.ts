// The table of outcomes: every quirk of the simulated world alone, and every pair, and how a backup and a
// restore of such a device end. Rendered as docs/deviations.md; says what is wrong with an outcome.

import { names, QUIRKS, summaryOf } from './naming.js';
import type { Act, Story } from './story.js';

const ACTS = ['backup', 'restore', 'bare'] as const;

/** What must not be: an outcome that is not what was said, or that nobody can understand. */
export function faultsOf(story: Story): string[] {
  return ACTS.flatMap((which) => {
    const act = story[which];
    const where = `${which} with ${story.quirks.join(' and ')}`;
    if (act.untrue !== undefined) return [`${where}: ${act.untrue}`];
    if (act.ending === 'verified' || names(act.message, story.quirks)) return [];
    return [`${where} does not name the deviation: ${act.message}`];
  });
}

/** One letter for each act. */
const SIGNS: Readonly<Record<Act['ending'], string>> = {
  verified: 'v',
  'restored-unverified': 'u',
  'failed-rolled-back': 'r',
  failed: 'f',
  refused: 'n',
};

export function sign(story: Story): string {
  return ACTS.map((which) => SIGNS[story[which].ending]).join('');
}

/** Pairs in the order of the matrix: row by row, above the diagonal. */
export function pairs(): readonly (readonly [string, string])[] {
  return QUIRKS.flatMap((one, i) => QUIRKS.slice(i + 1).map((other) => [one, other] as const));
}

function cell(act: Act, words: string): string {
  if (act.ending === 'verified') return words;
  // Where it failed and why, without the device's name and what became of it: that is in every message.
  const text = act.message
    .replace(/^Device \d+( \([^)]*\))?: /, '')
    .split(/; (?=ENDBACKUP|ABORTRESTORE|the device shows|no undo image)/)[0];
  return `${words}: ${(text ?? '').replaceAll('|', '\\|').replace(/\.$/, '')}`;
}

const BACKUP_WORDS: Partial<Readonly<Record<Act['ending'], string>>> = {
  'restored-unverified': 'not seen to leave',
};

const RESTORE_WORDS: Partial<Readonly<Record<Act['ending'], string>>> = { refused: 'nothing written' };

/** The first part of the document: what it is, and each quirk alone. */
export function renderSingles(stories: readonly Story[]): string {
  const rows = stories.map(({ quirks, backup, restore, bare }, i) => {
    const cells = [
      `${i + 1}`,
      `\`${quirks.join('')}\``,
      cell(backup, BACKUP_WORDS[backup.ending] ?? backup.ending),
      ...[restore, bare].map((act) => cell(act, RESTORE_WORDS[act.ending] ?? act.ending)),
      summaryOf(quirks[0] ?? ''),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '# Deviations of devices, and what becomes of them',
    '',
    'Every known deviation that the simulator can give to a device (`bacvault-sim --list-quirks`), and how a backup',
    'and a restore of such a device end. Made by `npm run pairs -- --write`; the tests check that it is up to date,',
    'and that every outcome is true: they look into the device.',
    '',
    'A backup is **verified** (the image is, octet for octet, what the device holds), or it **failed** and there is no',
    'image. A restore ends as one of these ([restore.md](restore.md#the-verdict)):',
    '',
    '- **verified**: backed up again, and equal to the image. Only this has the exit status 0.',
    '- **restored-unverified**: written and ended, and the message says what is not proven, or is wrong.',
    '- **failed-rolled-back**: it failed half-way; the undo image was put back, and that is proven.',
    '- **failed**: it failed half-way, and the device is in the state that the message says.',
    '- **nothing written**: it failed before anything was written.',
    '',
    'All but **verified** end with a message that names the deviation: the one in the table. The restore is played as',
    '`bacvault restore --rollback` does it, with an undo image and a way back, and as `--no-undo` does it. No outcome',
    'is a wrong octet that nobody tells. How devices of one vendor or model are met with what is known of them is in',
    '[quirks.md](quirks.md).',
    '',
    '## One by one',
    '',
    '| no. | quirk | backup | restore | with `--no-undo` | what the device does |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** The second part: all pairs, as a matrix of signs. */
export function renderPairs(signs: ReadonlyMap<string, string>): string {
  const count = (wanted: string): number => [...signs.values()].filter((value) => value === wanted).length;
  const totals = [...new Set(signs.values())].sort().map((value) => `${value} ${count(value)}`);
  const rows = QUIRKS.map((one, i) => {
    const cells = QUIRKS.map((other, j) => (j > i ? (signs.get(pairKey(one, other)) ?? '???') : '   '));
    return `${String(i + 1).padStart(3)}  ${cells.join(' ')}`.trimEnd();
  });
  const heads = QUIRKS.map((_, i) => String(i + 1).padStart(3)).join(' ');
  return [
    '## Two at a time',
    '',
    `All ${signs.size} pairs. Each cell is three letters: the backup, the restore, the restore with \`--no-undo\`. v verified,`,
    'u restored-unverified (a backup: not seen to leave), r failed-rolled-back, f failed, n nothing written; all but v with',
    `a message that names one of the two. In all: ${totals.join(', ')}.`,
    '',
    '```text',
    `     ${heads}`,
    ...rows,
    '```',
    '',
  ].join('\n');
}

export const pairKey = (one: string, other: string): string => `${one} + ${other}`;

/** The signs of a document that was rendered before, by pair. */
export function signsOf(document: string): ReadonlyMap<string, string> {
  const block = /```text\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
  const signs = new Map<string, string>();
  for (const [i, line] of block.split('\n').slice(1).entries()) {
    for (let j = i + 1; j < QUIRKS.length; j += 1) {
      const sign = line.slice(5 + 4 * j, 8 + 4 * j);
      const [one, other] = [QUIRKS[i], QUIRKS[j]];
      if (sign.trim() !== '' && one !== undefined && other !== undefined)
        signs.set(pairKey(one, other), sign);
    }
  }
  return signs;
}
