/** `node tools/snippet_package.mjs FOLDER`: put the npm package together in FOLDER and pack it; say what is in it. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

const SOURCE = 'integrations/snippet';
const target = process.argv[2];

function productVersion() {
  const [, version] = /^## \[(\d+\.\d+\.\d+)\]/m.exec(readFileSync('CHANGELOG.md', 'utf8'));
  return version;
}

function copyFiles() {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(join(target, 'scripts'), { recursive: true });
  for (const entry of readdirSync(SOURCE, { withFileTypes: true })) {
    // a folder is what Python has compiled of its fake edge
    if (entry.isFile() && !entry.name.endsWith('.py')) cpSync(join(SOURCE, entry.name), join(target, entry.name));
  }
  cpSync('static/src/upsell.d.ts', join(target, 'upsell.d.ts'));
  cpSync('LICENSE', join(target, 'LICENSE'));
  for (const name of readdirSync('static/dist')) {
    if (name.endsWith('.js')) cpSync(join('static/dist', name), join(target, 'scripts', name));
  }
  const description = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
  writeFileSync(join(target, 'package.json'), JSON.stringify({ ...description, version: productVersion() }, null, 2) + '\n');
}

copyFiles();
const npm = process.env.NPM_CLI ? [process.execPath, [process.env.NPM_CLI]] : ['npm', []];
const packed = execFileSync(npm[0], [...npm[1], 'pack', '--json'], { cwd: target, encoding: 'utf8' });
const [{ filename }] = JSON.parse(packed);
const loader = readFileSync(join(target, 'index.js'));
const snippet = readFileSync(join(target, 'scripts', 'upsell.js'));
console.log(`index.js, what a bundle gets: ${loader.length} bytes, ${brotliCompressSync(loader).length} with brotli`);
console.log(`scripts/upsell.js, what pages load: ${snippet.length} bytes, ${brotliCompressSync(snippet).length} with brotli`);
console.log(`${join(target, filename)}: ${statSync(join(target, filename)).size} bytes`);
