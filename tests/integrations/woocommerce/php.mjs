/**
 * PHP in WebAssembly, for the plugin's tests: reads a job from each line of its input, and answers each with a line.
 *
 * A job is `{"version": "8.4", "files": {"/path": "text"}, "code": "echo 1;"}`; the answer `{"text", "code"}` is what PHP
 * printed, its complaints among it, and its exit code. Each job has a PHP of its own, and no network.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { PHP, loadPHPRuntime } from '@php-wasm/universal';

const compiled = new Map();

/** What a version is loaded from; its WebAssembly is compiled once, which is most of the time that a PHP takes. */
const builds = (version) => {
  if (!compiled.has(version)) compiled.set(version, build(version));
  return compiled.get(version);
};

const build = async (version) => {
  const { getPHPLoaderModule } = await import(`@php-wasm/node-${version.replace('.', '-')}`);
  const loader = await getPHPLoaderModule();
  return { loader, wasm: await WebAssembly.compile(readFileSync(loader.dependencyFilename)) };
};

const started = async (version) => {
  const { loader, wasm } = await builds(version);
  const instantiateWasm = (imports, receive) => {
    WebAssembly.instantiate(wasm, imports).then((instance) => receive(instance, wasm));
    return {};
  };
  return new PHP(await loadPHPRuntime(loader, { instantiateWasm }));
};

const answer = async ({ version, files, code }) => {
  const php = await started(version);
  try {
    for (const [path, text] of Object.entries(files)) {
      php.mkdirTree(path.slice(0, path.lastIndexOf('/')));
      php.writeFile(path, text);
    }
    const { text, exitCode } = await php.run({ code: `<?php ${code}` });
    return { text, code: exitCode };
  } catch (error) {
    if (!error.response) throw error;
    // an exit code other than 0 is thrown
    return { text: error.response.text, code: error.response.exitCode };
  } finally {
    php.exit();
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
