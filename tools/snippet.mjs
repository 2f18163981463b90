/** `node tools/snippet.mjs build|check`: bundle static/src into static/dist, or check that dist is what src gives. */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build, transform } from 'esbuild';
import { minify } from 'terser';

const SOURCE = 'static/src';
const TARGET = 'static/dist';
const MAIN = 'upsell.js';
const PART_PREFIX = 'upsell_';
const DIGEST_LENGTH = 16;
const MAX_BROTLI_BYTES = { [MAIN]: 6000, part: 2500, adapter: 3300 };
const MAX_BROTLI_BYTES_OF_ALL_PARTS = 14000;

const digest = (algorithm, bytes, encoding) => createHash(algorithm).update(bytes).digest(encoding);

function sourceDigests(folder = SOURCE) {
  const digests = {};
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) Object.assign(digests, sourceDigests(path));
    else digests[relative(SOURCE, path).split(sep).join('/')] = digest('sha256', readFileSync(path), 'hex');
  }
  return Object.fromEntries(Object.entries(digests).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const minifiedCss = {
  name: 'minified-css',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, 'utf8'), { loader: 'css', minify: true, charset: 'utf8' });
      return { contents: code.trim().replace(/([:,]) /g, '$1'), loader: 'text' };
    });
  },
};

/** Each script of a folder (what they share is in folders below), by the name under which it is served. */
function entriesOf(folder, kind, prefix = '') {
  const names = readdirSync(join(SOURCE, folder)).filter((name) => name.endsWith('.js')).sort();
  return names.map((name) => ({ name: prefix + name, kind, entry: join(SOURCE, folder, name) }));
}

/** The snippet's core, its parts and the adapters: each becomes a script of its own. */
const ENTRIES = [
  { name: MAIN, kind: MAIN, entry: join(SOURCE, 'main.js') },
  ...entriesOf('parts', 'part', PART_PREFIX),
  ...entriesOf('adapters', 'adapter'),
];

/** Properties that only the core's own modules use: their names are shortened. */
const OWN_PROPERTIES = /^(isHeld|withdraw|clear|names|read|write|erase|vanish|answer)$/;
const CARD = PART_PREFIX + 'card.js';

/** Which of these ways of writing the same program compresses best changes with every line: all are tried. */
const STYLES = [
  {},
  { sequences: false },
  { unsafe: false },
  { unsafe: false, sequences: false },
  { unsafe_arrows: false },
  { unsafe_arrows: false, sequences: false },
  { collapse_vars: false },
];

/**
 * One script: esbuild joins the modules, terser makes it a twentieth smaller than esbuild alone would. A part is a
 * module, whose exports the core reads; the others are classic scripts.
 */
async function bundle({ entry, kind }, define = { 'globalThis.KEEPS_EVENTS': 'false' }) {
  const isModule = kind === 'part';
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    define,
    minifySyntax: true,
    mangleProps: kind === MAIN ? OWN_PROPERTIES : undefined,
    write: false,
    format: isModule ? 'esm' : 'iife',
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    plugins: [minifiedCss],
  });
  const written = [];
  for (const style of STYLES) {
    const compress = { passes: 3, unsafe: true, unsafe_arrows: true, ...style };
    const { code } = await minify(outputFiles[0].text, { ecma: 2020, toplevel: true, module: isModule, compress });
    written.push(Buffer.from(code.replace('"use strict";', '')));
  }
  return written.reduce((best, code) => (brotliSize(code) < brotliSize(best) ? code : best));
}

function brotliSize(code) {
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: code.length } };
  return brotliCompressSync(code, options).length;
}

function describe(code) {
  return {
    bundle: digest('sha256', code, 'hex'),
    integrity: 'sha384-' + digest('sha384', code, 'base64'),
    bytes: code.length,
    brotli_bytes: brotliSize(code),
  };
}

/** @returns what a decision says of a part */
function referenceOf(file, code) {
  const { bundle, integrity } = describe(code);
  return { name: file.replace('.js', ''), digest: bundle.slice(0, DIGEST_LENGTH), integrity };
}

/** @returns the manifest: the core's own description, those of parts and adapters by file, and the sources' digests */
function manifestOf(bundles) {
  const describedOf = (kind) =>
    Object.fromEntries(ENTRIES.filter((entry) => entry.kind === kind).map(({ name }) => [name, describe(bundles[name])]));
  return {
    ...describe(bundles[MAIN]),
    parts: describedOf('part'),
    adapters: describedOf('adapter'),
    sources: sourceDigests(),
  };
}

/** The manifest without what differs by the version of Node's brotli. */
const comparable = (manifest) => JSON.stringify(manifest, (key, value) => (key === 'brotli_bytes' ? null : value));

/** @returns true where dist is what the sources give */
function isCommitted(bundles, manifest) {
  const committed = JSON.parse(readFileSync(join(TARGET, 'manifest.json'), 'utf8'));
  const isSame = ([name, code]) => readFileSync(join(TARGET, name)).equals(code);
  return Object.entries(bundles).every(isSame) && comparable(committed) === comparable(manifest);
}

/** Say how much each script has left of its limit, and stop where one has grown beyond it. */
function checkSizes(manifest) {
  const described = { [MAIN]: manifest, ...manifest.parts, ...manifest.adapters };
  for (const { name, kind } of ENTRIES) {
    const { bytes, brotli_bytes } = described[name];
    checkSize(`${name} (${bytes} bytes)`, brotli_bytes, MAX_BROTLI_BYTES[kind]);
  }
  const sizes = Object.values(manifest.parts).map(({ brotli_bytes }) => brotli_bytes);
  checkSize('all parts', sizes.reduce((sum, size) => sum + size), MAX_BROTLI_BYTES_OF_ALL_PARTS);
}

function checkSize(what, size, limit) {
  console.log(`${what}: ${size} with brotli, at most ${limit}: ${limit - size} free`);
  if (size > limit) throw new Error(`${what}: grown beyond the limit.`);
}

const bundles = {};
for (const entry of ENTRIES.filter(({ kind }) => kind !== MAIN)) bundles[entry.name] = await bundle(entry);
// The core names the card of its own release, and keeps the events.
bundles[MAIN] = await bundle(ENTRIES[0], {
  'globalThis.OWN_CARD': JSON.stringify(referenceOf(CARD, bundles[CARD])),
  'globalThis.KEEPS_EVENTS': 'true',
});
const manifest = manifestOf(bundles);
checkSizes(manifest);
if (process.argv[2] === 'build') {
  rmSync(TARGET, { recursive: true, force: true });
  mkdirSync(TARGET, { recursive: true });
  for (const [name, code] of Object.entries(bundles)) writeFileSync(join(TARGET, name), code);
  writeFileSync(join(TARGET, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n');
} else if (!isCommitted(bundles, manifest)) {
  console.error(`${TARGET} is not what ${SOURCE} gives: run make snippet and commit the result.`);
  process.exit(1);
}
