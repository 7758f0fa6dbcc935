// A comparison as text: everything that there can be, in words that a person reads, and plain on every terminal.
// With its words, diff-words.

import { expect } from 'chai';
import { diffText } from '../../../../src/cli/render/diff-text.js';
import { rangeText, sideText, verdictText } from '../../../../src/cli/render/diff-words.js';
import { imageDiff } from '../fakes.js';
import { everything } from './diff-samples.js';

describe('a comparison as text', () => {
  it('says all of it, with everything foreign made harmless', () => {
    expect(diffText(everything).split('\n')).to.deep.equal([
      '- image 1a2b3c4d of 2026-11-23 19:03:22 UTC, site default, device 1201 AHU-3, 2 files, 8 octets',
      '+ image 5e6f7a8b of 2026-11-24 19:03:22 UTC, site default, device 1201 AHU-3, 2 files, 8 octets',
      '',
      'Firmware_Revision: 2.4 -> \\x1b[31m<script>alert(1)</script>\\x202e"\'&',
      'Database_Revision: 7 -> (not told)',
      '',
      'file,1 \\x1b[31m<script>alert(1)</script>\\x202e"\'&: equal, 5 000 octets',
      'file,2 program: CHANGED, 5 000 octets -> 5 012 octets',
      '  it was number 1 in Configuration_Files and is number 1',
      '  Read_Only: false -> true',
      '  30 ranges, 60 octets in all, 1 of them volatile, what moved is matched where it is now:',
      '    octets 300 to 303 (4 octets)',
      '    octet 400, volatile',
      '    at octet 500: 12 octets added',
      '    octets 600 to 601: 2 octets removed',
      '    octets 700 to 702: 3 octets became 5 octets (now octets 710 to 714)',
      '    25 more ranges not shown',
      '  Octets:',
      '    - 0000012a  00 01 02 03 04 05 06 07 08                       |.........|',
      '    + 0000012a  00 01 ff ff 04 05 06 07 08                       |.........|',
      '    7 more octets of this change not shown',
      '    4 more changes not shown',
      '',
      'file,3: CHANGED, 5 000 octets',
      '  0 ranges, 0 octets in all:',
      '  Text, UTF-8:',
      '    from line 5, now line 7:',
      '      a\tb',
      '    - [... 12 characters ...] old',
      '    + \\x1b[31m<script>alert(1)</script>\\x202e"\'& [... 3 characters ...]',
      '    2 more lines not shown',
      '    1 more place not shown',
      '',
      'file,4: CHANGED, 5 000 octets',
      '  0 ranges, 0 octets in all:',
      '  JSON: 2 changed, 1 added, 1 removed:',
      '    ! ahu / \\x1b[31m<script>alert(1)</script>\\x202e"\'&: 21 -> 22',
      '    ! (the whole):',
      '      - xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
      '      + yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy',
      '    + new: 1',
      '    - old',
      '',
      'file,5: CHANGED, 5 000 octets',
      '  0 ranges, 0 octets in all:',
      '  ZIP archive, 2 other members with the same content:',
      '    ! ../\\x1b[31m<script>alert(1)</script>\\x202e"\'&: changed, 3 octets -> 4 octets',
      '      XML: every value that was read is the same.',
      '    ? bomb: unread, 9 octets (too much)',
      '    + new: added, 1 octet',
      '',
      'file,6: CHANGED, 5 000 octets',
      '  2 ranges, 2 records in all, 1 of them volatile:',
      '    at record 3: 1 record added',
      '    record 5 (now record 6), volatile',
      '  Records:',
      '    + record 3 (4 octets): 00 ff 1b 07',
      '    - record 5 (500 octets) from octet 96: "\\x1b[31m<script>alert(1)</script>\\x202e"\'&" (volatile)',
      '    + record 6 (3 octets): "new" (volatile)',
      '    9 more records not shown',
      '',
      'file,7: ADDED, 5 000 octets',
      '  it has the content that file,8 had',
      '',
      'file,8: REMOVED, 5 000 octets',
      '  file,7 has its content now',
      '',
      'DIFFERENT: the identity of the device, 7 of 8 files',
      '',
    ]);
  });

  it('has a verdict in a line of its own', () => {
    expect(verdictText(imageDiff())).to.equal('EQUAL');
    expect(verdictText(imageDiff({ verdict: 'volatile' }))).to.equal(
      'EQUAL but for parts that change by themselves',
    );
    const device = [{ field: 'firmwareRevision', a: '1', b: '2', counts: true }];
    expect(verdictText(imageDiff({ verdict: 'different', device }))).to.equal(
      'DIFFERENT: the identity of the device',
    );
    expect(diffText(imageDiff())).to.match(/\nEQUAL\n$/);
  });

  it('tells a device from an image', () => {
    const { a } = imageDiff();
    expect(sideText({ ...a, from: 'device' })).to.equal(
      'device 1201 AHU-3 as it was at 2026-11-23 19:03:22 UTC, 2 files, 8 octets',
    );
  });

  it('tells one octet from several', () => {
    const range = (start: number, end: number): Parameters<typeof rangeText>[0] => ({
      a: { start, end },
      b: { start, end },
      volatile: false,
    });
    expect(rangeText(range(7, 8), 'octets')).to.equal('octet 7');
    expect(rangeText(range(7, 9), 'records')).to.equal('records 7 to 8 (2 records)');
  });
});
