// Quirk: a long preparation after START.

import { oneOf, type QuirkKind, wholeNumber } from './kind.js';

export const slowPreparation: QuirkKind = {
  name: 'slow-preparation',
  summary:
    'Prepares for these seconds (default 120) after START and says so in its preparation times, with "silent" without answering meanwhile, as a Niagara station does that packs tens of megabytes.',
  value: 'SECONDS[:answers | :silent]',
  make: (value) => {
    const [seconds, how, ...more] = (value ?? '120').split(':');
    const ms = wholeNumber(more.length > 0 ? value : seconds, 120, 1) * 1000;
    return {
      procedure: {
        backupPreparationMs: ms,
        restorePreparationMs: ms,
        answersWhilePreparing: oneOf(how, ['answers', 'silent']) === 'answers',
      },
    };
  },
};
