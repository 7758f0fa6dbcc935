// The layers around an APDU: octets as they stand on the wire, both ways, for every kind of destination.

import { expect } from 'chai';
import type { Destination } from '../../protocol/index.js';
import { BROADCAST, DecodeError, EncodeError, hexFromOctets, octetsFromHex } from '../../protocol/index.js';
import { openDatagram, resultDatagram, sealDatagram } from '../../protocol/envelope.js';

const APDU = Uint8Array.of(0x10, 0x08);
const BBMD = '10.0.0.254:47808';
const LINK = '10.0.0.2:47808';

const ENVELOPE = { content: { kind: 'apdu', apdu: APDU }, priority: 0, expectingReply: false } as const;

/** Where it goes, and its octets. */
function sealed(to: Destination, framing: 'bip' | 'npdu' = 'bip', distributor?: string): [string, string] {
  const output = sealDatagram(to, ENVELOPE, framing, distributor);
  if (output.kind !== 'send') throw new Error('nothing to send');
  return [output.to, hexFromOctets(output.datagram)];
}

const open = (hex: string, framing: 'bip' | 'npdu' = 'bip') =>
  openDatagram(octetsFromHex(hex, 'datagram'), LINK, framing);

describe('envelope', () => {
  it('addresses a peer on the link, and one behind a router with DNET, DADR and hop count 255', () => {
    expect(sealed({ link: LINK })).to.deep.equal([LINK, '810a0008' + '0100' + '1008']);
    expect(sealed({ link: LINK, network: 2001, mac: '0a' })).to.deep.equal([
      LINK,
      '810a000d' + '012007d1010aff' + '1008',
    ]);
    expect(sealed({ link: LINK, network: 1, mac: '0102030405060' + '7' })[1]).to.equal(
      '810a0013' + '012000010701020304050607ff' + '1008',
    );
  });

  it('broadcasts on our link, to every network, and to one network', () => {
    expect(sealed({ broadcast: 'local' })).to.deep.equal([BROADCAST, '810b0008' + '0100' + '1008']);
    expect(sealed({ broadcast: 'global' })).to.deep.equal([BROADCAST, '810b000c' + '0120ffff00ff' + '1008']);
    expect(sealed({ broadcast: 2001 })).to.deep.equal([BROADCAST, '810b000c' + '012007d100ff' + '1008']);
  });

  it('sends a broadcast to one router or device where it is told to', () => {
    expect(sealed({ broadcast: 2001, via: LINK })).to.deep.equal([
      LINK,
      '810a000c' + '012007d100ff' + '1008',
    ]);
    expect(sealed({ broadcast: 'local', via: LINK }, 'bip', BBMD)).to.deep.equal([
      LINK,
      '810a0008' + '0100' + '1008',
    ]);
  });

  it('gives broadcasts to the BBMD to be distributed, and nothing else', () => {
    expect(sealed({ broadcast: 'global' }, 'bip', BBMD)).to.deep.equal([
      BBMD,
      '8109000c' + '0120ffff00ff' + '1008',
    ]);
    expect(sealed({ link: LINK }, 'bip', BBMD)[0]).to.equal(LINK);
  });

  it('puts nothing around the NPDU on other links', () => {
    expect(sealed({ link: '05' }, 'npdu')).to.deep.equal(['05', '01001008']);
    expect(sealed({ broadcast: 'local' }, 'npdu')).to.deep.equal([BROADCAST, '01001008']);
  });

  it('says whether a reply is expected, and the priority', () => {
    const output = sealDatagram({ link: LINK }, { ...ENVELOPE, priority: 2, expectingReply: true }, 'npdu');
    expect(output).to.deep.include({ datagram: Uint8Array.of(1, 6, 0x10, 8) });
  });

  it('refuses destinations that cannot be', () => {
    const impossible: Destination[] = [
      { broadcast: 70_000 },
      { broadcast: 0 },
      { link: LINK, network: 65_536, mac: '01' },
      { link: LINK, network: 7, mac: 'xy' },
      { link: LINK, network: 7, mac: '0102030405060708' },
    ];
    for (const to of impossible) expect(() => sealed(to), JSON.stringify(to)).to.throw(EncodeError);
  });

  it('tells whom a datagram is from: the sender, the origin, or a station behind a router', () => {
    expect(open('810a000801001008')).to.deep.include({
      kind: 'npdu',
      from: { link: LINK },
      broadcast: false,
    });
    expect(open('810b000801001008')).to.deep.include({ from: { link: LINK }, broadcast: true });
    expect(open('8104000e0a000009bac001001008')).to.deep.include({
      from: { link: '10.0.0.9:47808' },
      broadcast: true,
    });
    expect(open('810a000c' + '010807d1010a' + '1008')).to.deep.include({
      from: { link: LINK, network: 2001, mac: '0a' },
    });
    expect(open('01001008', 'npdu')).to.deep.include({ from: { link: LINK }, broadcast: false });
  });

  it('knows a global broadcast by its DNET on any link', () => {
    expect(open('0120ffff00ff1008', 'npdu')).to.deep.include({ kind: 'npdu', broadcast: true });
  });

  it('leaves what is for another network to routers', () => {
    expect(open('810a000d' + '012007d1010aff' + '1008')).to.deep.equal({
      kind: 'not-for-us',
      reason: 'for network 2001, and we are no router',
    });
  });

  it('passes on results, and has a refusal for each request to a BBMD', () => {
    expect(open('810000060030')).to.deep.equal({ kind: 'result', code: 0x30 });
    const refusals = [
      ['81010004', 0x10],
      ['81020004', 0x20],
      ['81050006003c', 0x30],
      ['81060004', 0x40],
      ['8108000a0a000009bac0', 0x50],
      ['8109000801001008', 0x60],
      ['81030004', undefined],
      ['81070004', undefined],
      ['810c0004', undefined],
    ] as const;
    for (const [hex, refusal] of refusals) {
      const opened = open(hex);
      expect(opened.kind === 'not-for-us' && opened.refusal, hex).to.equal(refusal);
    }
    expect(resultDatagram(LINK, 0x60)).to.deep.equal({
      kind: 'send',
      to: LINK,
      datagram: Uint8Array.of(0x81, 0, 0, 6, 0, 0x60),
    });
  });

  it('fails with a DecodeError for what has no layers', () => {
    for (const hex of ['', '82', '810a0009' + '01001008', '810a0006' + '0200', '810a0004']) {
      expect(() => open(hex), hex).to.throw(DecodeError);
    }
  });
});
