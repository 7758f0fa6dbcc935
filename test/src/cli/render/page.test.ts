// The page that everything to be mailed is put into, and its style: whole, alone, and nothing in it but text.

import { expect } from 'chai';

import { markup } from '../../../../src/cli/render/html.js';
import { page } from '../../../../src/cli/render/page.js';
import { PAGE_STYLE } from '../../../../src/cli/render/page-style.js';

describe('a page to be mailed', () => {
  const whole = page({
    title: '<AHU>',
    version: '1.2.3',
    header: markup`<p>verdict</p>`,
    main: markup`<h2>Files</h2>`,
    footer: 'Times are in UTC.',
  });

  it('escapes its title and says who made it', () => {
    expect(whole).to.include('<title>&lt;AHU&gt;</title>').and.to.include('<h1>&lt;AHU&gt;</h1>');
    expect(whole).to.include('Made by bacvault 1.2.3. Times are in UTC.');
  });

  it('holds its parts in their order', () => {
    expect(whole).to.match(
      /^<!doctype html>[\s\S]*<h1>[\s\S]*<p>verdict<\/p>[\s\S]*<h2>Files<\/h2>[\s\S]*<footer>/,
    );
  });

  it('needs nothing from elsewhere', () => {
    expect(PAGE_STYLE).to.not.match(/url\(|@import|</);
    expect(whole).to.include(PAGE_STYLE).and.to.include("default-src 'none'");
  });
});
