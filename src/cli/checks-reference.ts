// The checks of a restore plan as Markdown, made from the table that the plan runs on, so that it cannot say
// anything else. scripts/docs.mjs puts it into docs/restore.md, between two marks.

import { PLAN_CHECKS } from '../index.js';

const MARKS = {
  from: '<!-- Checks: made by scripts/docs.mjs from PLAN_CHECKS. -->',
  to: '<!-- End of the checks. -->',
};

/** The page with the table of checks between its marks. Throws when it has no marks. */
export function withChecks(page: string): string {
  const [from, to] = [page.indexOf(MARKS.from), page.indexOf(MARKS.to)];
  if (from < 0 || to < from) throw new Error(`the page has no place for the checks: ${MARKS.from}`);
  return `${page.slice(0, from + MARKS.from.length)}\n\n${checksTable()}\n\n${page.slice(to)}`;
}

function checksTable(): string {
  const rows = Object.entries(PLAN_CHECKS).map(([name, { title, ok, warns, blocks, never, code }]) => {
    const block = blocks === undefined ? '' : `${blocks} (\`${code}\`)`;
    const stands = never === undefined ? '' : ` Cannot be allowed: ${never}.`;
    return `| \`${name}\` | ${cell(title)} | ${cell(ok)} | ${cell(warns ?? '')} | ${cell(block + stands)} |`;
  });
  return ['| check | compares | ok | warns | blocks |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
