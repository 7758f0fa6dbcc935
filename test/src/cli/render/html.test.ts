// HTML from templates: what is put in is text, always.

import { expect } from 'chai';
import { Html, markup } from '../../../../src/cli/render/html.js';

describe('a template of HTML', () => {
  it('escapes what is put in, in text and in attributes', () => {
    const evil = `<script>alert("1")</script>&'`;
    expect(markup`<p title="${evil}">${evil}</p>`.text).to.equal(
      '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;">' +
        '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;</p>',
    );
  });

  it('takes HTML of other templates, lists, numbers and nothing', () => {
    const items = ['<', 2].map((item) => markup`<li>${item}</li>`);
    expect(markup`<ul>${items}</ul>${undefined}${3}${new Html('<hr>')}`.text).to.equal(
      '<ul><li>&lt;</li><li>2</li></ul>3<hr>',
    );
  });
});
