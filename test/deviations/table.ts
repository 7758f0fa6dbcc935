// The table of outcomes: every quirk of the simulated world alone, and every pair, and how a backup and a
// restore of such a device end. Rendered as docs/deviations.md; says what is wrong with an outcome.

import { names, QUIRKS, summaryOf } from './naming.js';
import type { Act, Story } from './story.js';

/** What must not be: an outcome that is not what was said, or that nobody can understand. */
export function faultsOf(story: Story): string[] {
  return (['backup', 'restore'] as const).flatMap((which) => {
    const act = story[which];
    const where = `${which} with ${story.quirks.join(' and ')}`;
    if (act.untrue !== undefined) return [`${where}: ${act.untrue}`];
    if (act.ending === 'proven' || names(act.message, story.quirks)) return [];
    return [`${where} does not name the deviation: ${act.message}`];
  });
}

/** One letter for both acts: both proven, one not, and so on. */
const SIGNS: Readonly<Record<Act['ending'], string>> = { proven: 'v', unproven: 'u', failed: 'f' };

export function sign(story: Story): string {
  return SIGNS[story.backup.ending] + SIGNS[story.restore.ending];
}

/** Pairs in the order of the matrix: row by row, above the diagonal. */
export function pairs(): readonly (readonly [string, string])[] {
  return QUIRKS.flatMap((one, i) => QUIRKS.slice(i + 1).map((other) => [one, other] as const));
}

const WORDS: Readonly<Record<Act['ending'], string>> = {
  proven: 'verified',
  unproven: 'not proven',
  failed: 'fails',
};

function cell(act: Act): string {
  if (act.ending === 'proven') return WORDS.proven;
  // Where it failed and why, without the device's name and what became of it: that is in every message.
  const text = act.message
    .replace(/^Device \d+ \([^)]*\): /, '')
    .split(/; (?=ENDBACKUP|ABORTRESTORE|the device shows)/)[0];
  return `${WORDS[act.ending]}: ${(text ?? '').replaceAll('|', '\\|').replace(/\.$/, '')}`;
}

/** The first part of the document: what it is, and each quirk alone. */
export function renderSingles(stories: readonly Story[]): string {
  const rows = stories.map(
    (story, i) =>
      `| ${i + 1} | \`${story.quirks.join('')}\` | ${cell(story.backup)} | ${cell(story.restore)} | ${summaryOf(story.quirks[0] ?? '')} |`,
  );
  return [
    '# Deviations of devices, and what becomes of them',
    '',
    'Every known deviation that the simulator can give to a device (`bacvault-sim --list-quirks`), and how a backup',
    'and a restore of such a device end. Made by `npm run pairs -- --write`; the tests check that it is up to date.',
    '',
    '- **verified**: every octet is proven equal, in the image and in the restored device.',
    '- **not proven**: it is done, and the report says what of it could not be proven.',
    '- **fails**: there is no image, or the restore was aborted; the message is the one in the table.',
    '',
    'No outcome is a wrong octet that nobody tells. How devices of one vendor or model are met with what is known',
    'of them is in [quirks.md](quirks.md).',
    '',
    '## One by one',
    '',
    '| no. | quirk | backup | restore | what the device does |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** The second part: all pairs, as a matrix of signs. */
export function renderPairs(signs: ReadonlyMap<string, string>): string {
  const count = (wanted: string): number => [...signs.values()].filter((value) => value === wanted).length;
  const totals = [...new Set(signs.values())].sort().map((value) => `${value} ${count(value)}`);
  const rows = QUIRKS.map((one, i) => {
    const cells = QUIRKS.map((other, j) => (j > i ? (signs.get(pairKey(one, other)) ?? '??') : '  '));
    return `${String(i + 1).padStart(3)}  ${cells.join(' ')}`.trimEnd();
  });
  const heads = QUIRKS.map((_, i) => String(i + 1).padStart(2)).join(' ');
  return [
    '## Two at a time',
    '',
    `All ${signs.size} pairs. Each cell is two letters, the backup and the restore: v verified, u not proven, f fails with a`,
    `message that names one of the two. In all: ${totals.join(', ')}.`,
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
      const sign = line.slice(5 + 3 * j, 7 + 3 * j);
      const [one, other] = [QUIRKS[i], QUIRKS[j]];
      if (sign.trim() !== '' && one !== undefined && other !== undefined)
        signs.set(pairKey(one, other), sign);
    }
  }
  return signs;
}
