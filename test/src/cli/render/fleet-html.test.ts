// The page of a run.

import { expect } from 'chai';

import { fleetHtml } from '../../../../src/cli/render/fleet-html.js';
import { fleetSummary } from '../fleet-summaries.js';

describe('the summary of a run as a page', () => {
  const page = fleetHtml(fleetSummary(), '1.2.3');

  it('stands alone: nothing from elsewhere, no script', () => {
    expect(page).to.not.match(/<script|src=|href="http|@import|url\(/);
    expect(page).to.include("default-src 'none'");
  });

  it('escapes what devices call themselves', () => {
    expect(page).to.include('&lt;script&gt;alert(1)').and.not.include('\u001b');
  });

  it('says what is protected, what is not and why, and what changed', () => {
    expect(page).to.include('2 of 4 devices protected');
    expect(page).to.match(/Not protected: 2[\s\S]*refused the password[\s\S]*Its turn did not come/);
    expect(page).to.match(/Changed since the image before: 1[\s\S]*file,1 \(CONFIG\) changed/);
    expect(page).to.include('The log of the run could not be written');
  });

  it('has no empty parts', () => {
    expect(fleetHtml(fleetSummary({ devices: [], warnings: [] }), '1')).to.not.match(/Not protected|Warning/);
  });
});
