/** `node tools/snippet.mjs build|check`: bundle static/src into static/dist, or check that dist is what src gives. */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build, transform } from 'esbuild';

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
  return Buffer.from(outputFiles[0].contents);
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

const code = await bundle();
const manifest = manifestOf(code);
const files = { 'upsell.js': code, 'manifest.json': JSON.stringify(manifest, null, 2) + '\n' };
console.log(`upsell.js: ${manifest.bytes} bytes, ${manifest.brotli_bytes} with brotli (at most ${MAX_BROTLI_BYTES})`);
if (manifest.brotli_bytes > MAX_BROTLI_BYTES) {
  console.error('The snippet has grown beyond its limit.');
  process.exit(1);
}
if (process.argv[2] === 'build') {
  mkdirSync(TARGET, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(TARGET, name), content);
} else {
  for (const [name, content] of Object.entries(files)) {
    if (!readFileSync(join(TARGET, name)).equals(Buffer.from(content))) {
      console.error(`${TARGET}/${name} is not what ${SOURCE} gives: run make snippet and commit the result.`);
      process.exit(1);
    }
  }
}
