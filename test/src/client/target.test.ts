// How users name devices, and how they are told what is wrong with a name.

import { expect } from 'chai';
import fc from 'fast-check';

import { formatTarget, parseHost, parseTarget, type Target } from '../../../src/client/index.js';
import { EngineError } from '../../../src/errors.js';

function usageError(act: () => unknown): EngineError {
  try {
    act();
  } catch (error) {
    expect(error).to.be.instanceOf(EngineError);
    expect((error as EngineError).code).to.equal('usage');
    return error as EngineError;
  }
  throw new Error('it was accepted');
}

describe('targets', () => {
  const read: Readonly<Record<string, Target>> = {
    '0': { instance: 0 },
    '4194302': { instance: 4194302 },
    '4194303@10.0.0.1': { instance: 4194303, address: { link: '10.0.0.1:47808' } },
    ' 1201 ': { instance: 1201 },
    '1201@192.168.1.10': { instance: 1201, address: { link: '192.168.1.10:47808' } },
    '1201@192.168.1.10:47809': { instance: 1201, address: { link: '192.168.1.10:47809' } },
    '1201@2001:17@10.0.0.1': {
      instance: 1201,
      address: { link: '10.0.0.1:47808', network: 2001, mac: '11' },
    },
    '1201@2001:0@10.0.0.1:1': { instance: 1201, address: { link: '10.0.0.1:1', network: 2001, mac: '00' } },
    '1@1:255@10.0.0.1': { instance: 1, address: { link: '10.0.0.1:47808', network: 1, mac: 'ff' } },
  };
  for (const [text, target] of Object.entries(read)) {
    it(`reads "${text}"`, () => {
      expect(parseTarget(text)).to.deep.equal(target);
    });
  }

  const macs: Readonly<Record<string, string>> = {
    '10': '0a',
    '005': '05',
    '255': 'ff',
    '0x10': '10',
    '0X0A': '0a',
    '0a': '0a',
    '0100': '0100',
    C0A80105BAC0: 'c0a80105bac0',
    '0xc0a80105bac0': 'c0a80105bac0',
    '01020304050607': '01020304050607',
  };
  for (const [text, mac] of Object.entries(macs)) {
    it(`takes the MAC "${text}" for the octets ${mac}`, () => {
      expect(parseTarget(`1@5:${text}@10.0.0.1`).address?.mac).to.equal(mac);
    });
  }

  const refused: Readonly<Record<string, string>> = {
    '': 'device instance ""',
    abc: 'device instance "abc"',
    '4194303': 'its address must be said',
    '4194304@10.0.0.1': 'device instance "4194304"',
    '-1': 'device instance "-1"',
    '1.5': 'device instance "1.5"',
    '1e3': 'device instance "1e3"',
    '1@': 'HOST ""',
    '1@controller.local': 'HOST "controller.local" is not an IPv4 address',
    '1@10.0.0': 'HOST "10.0.0"',
    '1@10.0.0.256': 'HOST "10.0.0.256"',
    '1@010.0.0.1': 'HOST "010.0.0.1"',
    '1@10.0.0.1:0': 'port "0"',
    '1@10.0.0.1:65536': 'port "65536"',
    '1@10.0.0.1:': 'port ""',
    '1@10.0.0.1:1:2': 'port "1:2"',
    '1@2001:17@router': 'ROUTER "router"',
    '1@2001@10.0.0.1': '"2001" between the two "@"',
    '1@2001:1:2@10.0.0.1': '"2001:1:2" between the two "@"',
    '1@0:17@10.0.0.1': 'network number "0"',
    '1@65535:17@10.0.0.1': 'network number "65535"',
    '1@x:17@10.0.0.1': 'network number "x"',
    '1@5:256@10.0.0.1': 'MAC "256"',
    '1@5:@10.0.0.1': 'MAC ""',
    '1@5:abc@10.0.0.1': 'MAC "abc"',
    '1@5:0102030405060708@10.0.0.1': 'MAC "0102030405060708"',
    '1@5:0x@10.0.0.1': 'MAC "0x"',
    '1@5:1@10.0.0.1@x': 'more than two "@"',
  };
  for (const [text, part] of Object.entries(refused)) {
    it(`refuses "${text}", quotes it, says which part is wrong and shows the forms`, () => {
      const { message } = usageError(() => parseTarget(text));
      expect(message).to.include(`"${text}" is not a target`).and.include(part);
      expect(message).to.include('INSTANCE, INSTANCE@HOST[:PORT] or INSTANCE@NET:MAC@ROUTER[:PORT]');
    });
  }

  it('reads back whatever it has written', () => {
    const link = fc
      .tuple(fc.ipV4(), fc.integer({ min: 1, max: 65535 }))
      .map(([host, port]) => `${host}:${port}`);
    const mac = fc
      .uint8Array({ minLength: 1, maxLength: 7 })
      .map((octets) => Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(''));
    const target = fc.record(
      {
        instance: fc.nat(4194302),
        address: fc.oneof(
          fc.record({ link }),
          fc.record({ link, network: fc.integer({ min: 1, max: 65534 }), mac }),
        ),
      },
      { requiredKeys: ['instance'] },
    );
    fc.assert(
      fc.property(target, (each) => {
        expect(parseTarget(formatTarget(each))).to.deep.equal(each);
      }),
    );
  });

  it('never throws anything but a usage error, whatever the text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdefx.:@')), maxLength: 40 }),
    );
    fc.assert(
      fc.property(text, (each) => {
        try {
          parseTarget(each);
        } catch (error) {
          expect((error as EngineError).code).to.equal('usage');
        }
      }),
    );
  });
});

describe('host and port', () => {
  it('takes 47808 for a port that is not said, and port 0 only where any port will do', () => {
    expect(parseHost('10.0.0.1', '--bbmd')).to.deep.equal({ host: '10.0.0.1', port: 47808 });
    expect(parseHost('10.0.0.1:5', '--bbmd')).to.deep.equal({ host: '10.0.0.1', port: 5 });
    expect(parseHost('10.0.0.1:0', '--local', { anyPort: true })).to.deep.equal({
      host: '10.0.0.1',
      port: 0,
    });
    expect(usageError(() => parseHost('10.0.0.1:0', '--bbmd')).message).to.include('--bbmd "10.0.0.1:0"');
  });

  it('refuses a name and says which option held it', () => {
    const { message } = usageError(() => parseHost('bbmd.example', '--bbmd'));
    expect(message).to.include('--bbmd "bbmd.example"').and.include('not an IPv4 address');
  });
});
