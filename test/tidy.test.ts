// The plan of the house as a test: who may import whom, what may touch the world, how long a file may
// be. Each rule names what to do instead. Sources are read as syntax trees, so that comments and texts
// may say what code may not.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import {
  filesBelow,
  type Finding,
  findings,
  hasCode,
  imports,
  projectRoot,
  type Source,
  sources,
} from './support/sources.js';

const product = sources('protocol', 'src', 'simulator');
const tests = sources('test');

/** Where the world may be touched: the real ports, and the files that start a process. */
const worldly = [
  /^src\/io\//,
  /^src\/cli\/main\.ts$/,
  /^src\/cli\/host\.ts$/,
  /^simulator\/main\.ts$/,
  /^simulator\/host\//,
];

const inside = (path: string, places: readonly RegExp[]): boolean => places.some((place) => place.test(path));

function show(found: readonly Finding[]): string {
  return found.map((f) => `${f.path}:${f.line} ${f.text}`).join('\n');
}

function expectNone(found: readonly Finding[]): void {
  expect(found, `\n${show(found)}\n`).to.have.length(0);
}

/** Names of globals and members that bring in time, chance or the process. */
function touchesWorld(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date')
    return 'new Date: take time from Clock';
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText();
    if (text === 'Date.now') return 'Date.now: take time from Clock';
    if (text === 'Math.random') return 'Math.random: take chance from Random';
    if (text === 'AbortSignal.timeout') return 'AbortSignal.timeout: use Clock.sleep';
    if (text.startsWith('process.')) return 'process: only the mains know it';
  }
  if (
    ts.isCallExpression(node) &&
    /^(setTimeout|setInterval|setImmediate)$/.test(node.expression.getText())
  ) {
    return `${node.expression.getText()}: use Clock.sleep`;
  }
  return undefined;
}

describe('the house', () => {
  it('keeps time, chance and the process behind the ports', () => {
    // The simulated world steps by one setImmediate turn: it drains the microtasks of the engine.
    const pure = product.filter((s) => !inside(s.path, [...worldly, /^simulator\/world\/world\.ts$/]));
    expectNone(pure.flatMap((s) => findings(s, touchesWorld)));
    const world = product.filter((s) => s.path === 'simulator/world/world.ts');
    expectNone(
      world.flatMap((s) => findings(s, touchesWorld)).filter((f) => !f.text.startsWith('setImmediate')),
    );
  });

  it('keeps Node out of everything but the real ports and the mains', () => {
    const allowed = (path: string, name: string): boolean =>
      inside(path, worldly) || (name === 'node:crypto' && path.startsWith('src/repository/'));
    expectNone(
      product.flatMap((s) =>
        imports(s)
          .filter((i) => i.name.startsWith('node:') && !allowed(s.path, i.name))
          .map((i) => ({ path: s.path, line: i.line, text: `${i.name}: belongs behind a port` })),
      ),
    );
  });

  it('lets each room import only the rooms below it', () => {
    const fences: readonly { readonly room: RegExp; readonly may: RegExp }[] = [
      { room: /^protocol\//, may: /^protocol\// },
      { room: /^simulator\//, may: /^(simulator|protocol)\// },
      {
        room: /^src\/cli\/(commands\/(twin|drill)\.ts$|twin\/)/,
        may: /^(src\/cli\/|src\/index|simulator\/index)/,
      },
      { room: /^src\/cli\//, may: /^(src\/cli\/(?!twin\/)|src\/index)/ },
      { room: /^src\/io\//, may: /^src\/(io\/|ports|errors)|^protocol\/index/ },
      { room: /^src\/repository\//, may: /^src\/(repository\/|ports|errors)/ },
      { room: /^src\/pacing\//, may: /^src\/(pacing\/|ports|errors)|^protocol\/index/ },
      { room: /^src\/client\//, may: /^src\/(client\/|pacing\/|ports|errors)|^protocol\/index/ },
      {
        room: /^src\/transfer\//,
        may: /^src\/(transfer\/|client\/|pacing\/|repository\/|procedure\/types|ports|errors)|^protocol\/index/,
      },
      {
        room: /^src\/procedure\//,
        may: /^src\/(procedure\/|transfer\/|client\/|pacing\/|repository\/|ports|errors)|^protocol\/index/,
      },
      {
        room: /^src\/diff\//,
        may: /^src\/(diff\/|procedure\/|repository\/|client\/|ports|errors)|^protocol\/index/,
      },
      {
        room: /^src\/fleet\//,
        may: /^src\/(fleet\/|diff\/|procedure\/|repository\/|client\/|ports|errors)|^protocol\/index/,
      },
      { room: /^src\/open\.ts$/, may: /^src\/|^protocol\/index/ },
      { room: /^src\/(index|errors|ports)\.ts$/, may: /^src\/(?!io\/|cli\/)|^protocol\/index/ },
    ];
    const foreign = (s: Source): Finding[] => {
      const fence = fences.find((f) => f.room.test(s.path));
      if (!fence)
        return [{ path: s.path, line: 1, text: 'stands in no room of the plan (design: section 3)' }];
      return imports(s).flatMap((i) => {
        if (!i.name.startsWith('.')) return [];
        const target = posix.join(dirname(s.path), i.name);
        return fence.may.test(target)
          ? []
          : [{ path: s.path, line: i.line, text: `may not import ${target}` }];
      });
    };
    expectNone(product.flatMap(foreign));
  });

  it('enters another room by its door, the index', () => {
    const room = (path: string): string => /^(protocol|simulator|src\/[^/]+)\//.exec(path)?.[1] ?? 'src';
    expectNone(
      product.flatMap((s) =>
        imports(s).flatMap((i) => {
          if (!i.name.startsWith('.')) return [];
          const target = posix.join(dirname(s.path), i.name);
          const door =
            /\/(index|ports|errors|open)\.js$/.test(target) ||
            (s.path === 'src/open.ts' && target.startsWith('src/io/'));
          return room(target) === room(s.path) || room(target) === 'src' || door
            ? []
            : [{ path: s.path, line: i.line, text: `imports ${target}: import the folder's index` }];
        }),
      ),
    );
  });

  it('gives p-queue no timed option: those run on the real clock, pacing is the token bucket', () => {
    const timed =
      /^(interval|intervalCap|timeout|carryoverIntervalCount|carryoverConcurrencyCount|throwOnTimeout|strict)$/;
    expectNone(
      product.flatMap((s) =>
        findings(s, (node) => {
          if (!ts.isNewExpression(node) || node.expression.getText() !== 'PQueue') return undefined;
          const options = node.arguments?.[0];
          if (!options || !ts.isObjectLiteralExpression(options)) return undefined;
          const bad = options.properties.find((p) => p.name && timed.test(p.name.getText()));
          return bad && `${bad.name?.getText() ?? ''}: a timed option of p-queue`;
        }),
      ),
    );
  });

  it('keeps every source file under 400 lines', () => {
    const long = [...product, ...tests, ...sources('bench')].filter((s) => s.text.split('\n').length > 401);
    expect(long.map((s) => `${s.path}: ${s.text.split('\n').length - 1} lines`)).to.deep.equal([]);
  });

  it('says at the top of every file what it is', () => {
    const silent = [...product, ...tests].filter((s) => !/^(#!.*\n)?\/\//.test(s.text));
    expect(silent.map((s) => s.path)).to.deep.equal([]);
  });

  it('has named exports only, and leaves no .only, .skip and no unfinished marks behind', () => {
    expectNone(
      [...product, ...tests].flatMap((s) =>
        findings(s, (node) => {
          if (ts.isExportAssignment(node)) return 'default export';
          if (
            ts.canHaveModifiers(node) &&
            ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.DefaultKeyword)
          ) {
            return 'default export';
          }
          if (
            ts.isPropertyAccessExpression(node) &&
            /^(describe|it|context)\.(only|skip)$/.test(node.getText())
          ) {
            return node.getText();
          }
          return undefined;
        }),
      ),
    );
    const marks = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`);
    expect([...product, ...tests].filter((s) => marks.test(s.text)).map((s) => s.path)).to.deep.equal([]);
  });

  it('has a test for every source file: its mirror, or one in the mirrored folder that names it', () => {
    const mirrored = (s: Source): boolean => {
      const stem = s.path.replace(/\.ts$/, '');
      if (existsSync(join(projectRoot, 'test', `${stem}.test.ts`))) return true;
      const folder = `test/${dirname(stem)}`;
      const own = new RegExp(`\\b${posix.basename(stem)}\\b`);
      return tests.some(
        (t) =>
          t.path.endsWith('.test.ts') &&
          (dirname(t.path) === folder || t.path === `${folder}.test.ts`) &&
          own.test(t.text),
      );
    };
    const bare = product.filter((s) => hasCode(s) && !s.path.endsWith('/index.ts') && !mirrored(s));
    expect(bare.map((s) => s.path)).to.deep.equal([]);
  });

  it('names no machine and no registry', () => {
    const lock = readFileSync(join(projectRoot, 'package-lock.json'), 'utf8');
    expect(lock).to.not.match(/"resolved": "https?:/);
    const texts = filesBelow(projectRoot).filter((f) =>
      /\.(ts|mjs|js|json|md|py|rs|toml|sh)$|\.ci\/run$/.test(f),
    );
    const paths = /(?<![\w.])\/(work|root|home\/\w+)\/\w/;
    expect(
      texts.filter((f) => !f.endsWith('tidy.test.ts') && paths.test(readFileSync(f, 'utf8'))),
    ).to.deep.equal([]);
  });
});
