// A comparison with everything that there can be in one, for the tests of how it is shown.

import type { FileDiff, ImageDiff } from '../../../../src/index.js';
import { imageDiff } from '../fakes.js';

const side = { position: 0, access: 'stream', octets: 5000, sha256: 'a'.repeat(64) } as const;

const file = (instance: number, more: Partial<FileDiff>): FileDiff => ({
  objectIdentifier: `file,${instance}`,
  instance,
  status: 'changed',
  a: side,
  b: side,
  properties: [],
  moved: false,
  ...more,
});

const tally = {
  method: 'in-place',
  ranges: [],
  total: 0,
  volatileTotal: 0,
  units: 0,
  volatileUnits: 0,
} as const;
const range = (a: [number, number], b: [number, number] = a, volatile = false) => ({
  a: { start: a[0], end: a[1] },
  b: { start: b[0], end: b[1] },
  volatile,
});

/** Terminal escapes, markup and a change of writing direction: none may come through. */
export const EVIL = '\u001b[31m<script>alert(1)</script>\u202e"\'&';

export const everything: ImageDiff = imageDiff({
  verdict: 'different',
  device: [
    { field: 'firmwareRevision', a: '2.4', b: EVIL, counts: true },
    { field: 'databaseRevision', a: 7, counts: false },
  ],
  files: [
    file(1, { status: 'equal', b: { ...side, name: EVIL } }),
    file(2, {
      b: { ...side, octets: 5012, name: 'program' },
      moved: true,
      properties: [{ field: 'readOnly', a: false, b: true, counts: true }],
      content: {
        ...tally,
        unit: 'octets',
        method: 'aligned',
        ranges: [
          range([300, 304]),
          range([400, 401], [400, 401], true),
          range([500, 500], [500, 512]),
          range([600, 602], [612, 612]),
          range([700, 703], [710, 715]),
        ],
        total: 30,
        volatileTotal: 1,
        units: 60,
        volatileUnits: 1,
        views: [
          {
            kind: 'hex',
            windows: [
              {
                a: { start: 298, hex: '000102030405060708' },
                b: { start: 298, hex: '0001ffff0405060708' },
                ranges: [range([300, 302])],
                cut: 7,
              },
            ],
            more: 4,
          },
        ],
      },
    }),
    file(3, {
      content: {
        ...tally,
        unit: 'octets',
        views: [
          {
            kind: 'text',
            charset: 'utf-8',
            hunks: [
              {
                a: 5,
                b: 7,
                lines: [
                  { sign: ' ', text: { text: 'a\tb' } },
                  { sign: '-', text: { text: 'old', before: 12 } },
                  { sign: '+', text: { text: EVIL, after: 3 } },
                ],
                more: 2,
              },
            ],
            more: 1,
          },
        ],
      },
    }),
    file(4, {
      content: {
        ...tally,
        unit: 'octets',
        views: [
          {
            kind: 'tree',
            format: 'json',
            changes: [
              { change: 'changed', path: ['ahu', EVIL], a: { text: '21' }, b: { text: '22' } },
              { change: 'changed', path: [], a: { text: 'x'.repeat(50) }, b: { text: 'y'.repeat(50) } },
              { change: 'added', path: ['new'], b: { text: '1' } },
              { change: 'removed', path: ['old'], a: { text: '' } },
            ],
            added: 1,
            removed: 1,
            changed: 2,
            more: 0,
          },
        ],
      },
    }),
    file(5, {
      content: {
        ...tally,
        unit: 'octets',
        views: [
          {
            kind: 'zip',
            members: [
              {
                name: { text: `../${EVIL}` },
                change: 'changed',
                a: { octets: 3, packedOctets: 5, crc32: '00000000' },
                b: { octets: 4, packedOctets: 6, crc32: '00000001' },
                view: { kind: 'tree', format: 'xml', changes: [], added: 0, removed: 0, changed: 0, more: 0 },
              },
              {
                name: { text: 'bomb' },
                change: 'unread',
                a: { octets: 9, packedOctets: 5, crc32: '00000000' },
                b: { octets: 9, packedOctets: 6, crc32: '00000001' },
                reason: 'too much',
              },
              {
                name: { text: 'new' },
                change: 'added',
                b: { octets: 1, packedOctets: 1, crc32: '00000002' },
              },
            ],
            more: 0,
            equal: 2,
          },
        ],
      },
    }),
    file(6, {
      content: {
        ...tally,
        unit: 'records',
        ranges: [range([3, 3], [3, 4]), range([5, 6], [6, 7], true)],
        total: 2,
        volatileTotal: 1,
        units: 2,
        volatileUnits: 1,
        views: [
          {
            kind: 'records',
            records: [
              { volatile: false, b: { index: 3, octets: 4, from: 0, hex: '00ff1b07' } },
              {
                volatile: true,
                a: { index: 5, octets: 500, from: 96, text: EVIL },
                b: { index: 6, octets: 3, from: 0, text: 'new' },
              },
            ],
            more: 9,
          },
        ],
      },
    }),
    {
      objectIdentifier: 'file,7',
      instance: 7,
      status: 'added',
      b: side,
      properties: [],
      moved: false,
      sameContentAs: 'file,8',
    },
    {
      objectIdentifier: 'file,8',
      instance: 8,
      status: 'removed',
      a: side,
      properties: [],
      moved: false,
      sameContentAs: 'file,7',
    },
  ],
});
