// XML: elements, attributes and texts; never an entity of its own, never more than is reasonable.

import { expect } from 'chai';
import { treeView } from '../../../../src/diff/views/tree.js';
import { xmlTree } from '../../../../src/diff/views/xml.js';
import { told } from './told.js';

function compare(a: string, b: string): string[] {
  const [one, other] = [xmlTree(a), xmlTree(b)];
  if (one === undefined || other === undefined) throw new Error('no XML');
  return told(treeView('xml', one, other));
}

const station = (points: string): string => `<?xml version="1.0"?>\n<station>\n${points}\n</station>\n`;

describe('XML', () => {
  it('is compared by its elements, not by white space, quotes or the order of attributes', () => {
    expect(compare('<a x="1" y="2"><b/></a>', "<a y='2'\n  x='1'>\n  <b></b>\n</a>")).to.deep.equal([]);
  });

  it('tells attributes, texts and elements that changed, by the names that elements give themselves', () => {
    const a = station('<point name="AHU"><v>21</v></point><point name="FCU" unit="K"/>');
    const b = station('<point name="AHU"><v>22</v></point><new/><point name="FCU" unit="C"/>');
    expect(compare(a, b)).to.deep.equal([
      '= <station>/<point name="AHU">/<v>/text() 21 -> 22',
      '= <station>/<point name="FCU">/@unit K -> C',
      '+ <station>/<new> ',
    ]);
  });

  it('sees comments, CDATA and processing instructions', () => {
    expect(compare('<a><!--one--></a>', '<a><!--two--></a>')).to.deep.equal(['= <a>/comment() one -> two']);
    expect(compare('<a>x<![CDATA[y]]></a>', '<a>xy</a>')).to.deep.equal([]);
    expect(compare('<?p 1?><a/>', '<?p 2?><a/>')).to.deep.equal(['= <?p?> 1 -> 2']);
  });

  it('keeps an attribute with an odd name', () => {
    expect(compare('<a __proto__="1"/>', '<a __proto__="2"/>')).to.deep.equal(['= <a>/@__proto__ 1 -> 2']);
  });

  it('is refused where it is none', () => {
    for (const text of [
      '',
      'x',
      '<',
      '<a>',
      '<a></b>',
      '<a/><b/>x',
      '<a b=1/>',
      '<!-- only -->',
      '<a>&own;</a>',
    ])
      expect(xmlTree(text), text).to.equal(undefined);
  });

  it('never expands the entities of a document', () => {
    const bomb = `<!DOCTYPE l [<!ENTITY a "${'ha'.repeat(1000)}">${Array.from(
      { length: 20 },
      (_, index) => `<!ENTITY a${index} "${'&a;'.repeat(10)}">`,
    ).join('')}]><l>&a19;</l>`;
    expect(xmlTree(bomb)).to.equal(undefined);
    const outside = '<!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/passwd">]><l>x</l>';
    expect(compare(outside, outside.replace('>x<', '>y<'))).to.deep.equal(['= <l>/text() x -> y']);
  });

  it('is not taken apart when it nests or holds more than is reasonable', () => {
    const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    expect(xmlTree(nested(60))).to.not.equal(undefined);
    expect(xmlTree(nested(100_000))).to.equal(undefined);
    expect(xmlTree(`<a>${'<b/>'.repeat(300_000)}</a>`)).to.equal(undefined);
  });
});
