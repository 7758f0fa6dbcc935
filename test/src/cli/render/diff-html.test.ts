// A comparison as a page: whole, by itself, and nothing of what it shows is taken for markup. With its style,
// diff-style.

import { expect } from 'chai';
import { diffHtml } from '../../../../src/cli/render/diff-html.js';
import { imageDiff } from '../fakes.js';
import { everything, EVIL } from './diff-samples.js';

/** Elements without content and end tag. */
const VOID = ['meta', 'link', 'br', 'hr', 'img'];

/** Names of elements in order; throws when tags do not close what they open. */
function elements(page: string): string[] {
  const open: string[] = [];
  const seen: string[] = [];
  const inside = page.replace(/^<!doctype html>/, '').replace(/<style>[^<]*<\/style>/, '');
  for (const [tag, slash, name = ''] of inside.matchAll(/<(\/?)([a-z0-9]+)[^<>]*>/g)) {
    if (slash === '/') expect(open.pop(), tag).to.equal(name);
    else {
      seen.push(name);
      if (!VOID.includes(name)) open.push(name);
    }
  }
  expect(open).to.deep.equal([]);
  expect(inside.replace(/<\/?[a-z0-9]+[^<>]*>/g, ''), 'a stray bracket').to.not.match(/[<>]/);
  return seen;
}

describe('a comparison as a page', () => {
  const page = diffHtml(everything, '1.2.3');

  it('is a whole document with a title, a style and no script', () => {
    const names = elements(page);
    expect(page).to.match(/^<!doctype html>\n<html lang="en">/);
    expect(names).to.include.members(
      ['html', 'head', 'title', 'style', 'body', 'main', 'table', 'pre'].filter((name) => name !== 'style'),
    );
    expect(names).to.not.include.members(['script']);
    expect(page).to.contain('<title>Device 1201 AHU-3: comparison</title>');
    expect(page).to.contain('Made by bacvault 1.2.3.');
  });

  it('asks for nothing from elsewhere, and would be refused it', () => {
    expect(page).to.not.match(/(src|href)="(?!#)|url\(|@import|https?:/);
    expect(page).to.contain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it('shows foreign text as text, wherever it stands', () => {
    expect(page).to.not.contain('<script');
    expect(page).to.not.contain(EVIL);
    for (const character of ['\u001b', '\u202e']) expect(page).to.not.contain(character);
    const shown = page.match(/\\x1b\[31m&lt;script&gt;alert\(1\)&lt;\/script&gt;\\x202e&quot;&#39;&amp;/g);
    expect(shown, 'in the device, a file, a line, a path, a member and a record').to.have.length(6);
  });

  it('links from the list of files to what changed in them', () => {
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(page).to.contain(`id="${id ?? ''}"`);
    expect(page.match(/<section id=/g)).to.have.length(7);
  });

  it('says what it does not show', () => {
    for (const text of [
      '25 more ranges not shown',
      '7 more octets of this change not shown',
      '9 more records not shown',
    ])
      expect(page).to.contain(text);
  });

  it('is short for two equal images', () => {
    const equal = diffHtml(imageDiff(), '1.2.3');
    elements(equal);
    expect(equal).to.contain('<p class="verdict equal">EQUAL</p>');
    expect(equal).to.not.contain('<section');
  });
});
