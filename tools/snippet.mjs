/** `node tools/snippet.mjs build|check`: bundle static/src into static/dist, or check that dist is what src gives. */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build, transform } from 'esbuild';
import { minify } from 'terser';

const SOURCE = 'static/src';
const TARGET = 'static/dist';
const MAX_BROTLI_BYTES = 7000;

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
      const { code } = await transform(readFileSync(path, 'utf8'), { loader: 'css', minify: true });
      return { contents: code.trim(), loader: 'text' };
    });
  },
};

/** One script: esbuild joins the modules, terser makes it a twentieth smaller than esbuild alone would. */
async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [SOURCE + '/main.js'],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    plugins: [minifiedCss],
  });
  const { code } = await minify(outputFiles[0].text, { ecma: 2020, toplevel: true, compress: { passes: 3, sequences: false } });
  return Buffer.from(code);
}

function manifestOf(code) {
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: code.length } };
  return {
    bundle: digest('sha256', code, 'hex'),
    integrity: 'sha384-' + digest('sha384', code, 'base64'),
    bytes: code.length,
    brotli_bytes: brotliCompressSync(code, options).length,
    sources: sourceDigests(),
  };
}

/** @returns true where dist is what the sources give; the size may differ by the version of Node's brotli */
function isCommitted(code, manifest) {
  const committed = JSON.parse(readFileSync(join(TARGET, 'manifest.json'), 'utf8'));
  const same = { ...committed, brotli_bytes: manifest.brotli_bytes };
  return readFileSync(join(TARGET, 'upsell.js')).equals(code) && JSON.stringify(same) === JSON.stringify(manifest);
}

const code = await bundle();
const manifest = manifestOf(code);
console.log(`upsell.js: ${manifest.bytes} bytes, ${manifest.brotli_bytes} with brotli (at most ${MAX_BROTLI_BYTES})`);
if (manifest.brotli_bytes > MAX_BROTLI_BYTES) {
  console.error('The snippet has grown beyond its limit.');
  process.exit(1);
}
if (process.argv[2] === 'build') {
  mkdirSync(TARGET, { recursive: true });
  writeFileSync(join(TARGET, 'upsell.js'), code);
  writeFileSync(join(TARGET, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n');
} else if (!isCommitted(code, manifest)) {
  console.error(`${TARGET} is not what ${SOURCE} gives: run make snippet and commit the result.`);
  process.exit(1);
}
