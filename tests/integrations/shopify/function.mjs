/** Runs the discount Function as Shopify does: WebAssembly that reads JSON from its standard input and writes it to its output. */

import { readFileSync } from 'node:fs';

const BUILT = new URL('../../../integrations/shopify/extensions/accepted-price/dist/function.wasm', import.meta.url);
const module = new WebAssembly.Module(readFileSync(BUILT));

/**
 * @param {object} input as the Function's query asks for it
 * @returns {{output: any, verdicts: {id: string, code: string}[]}} its log has a line for each token's line
 */
export function run(input) {
  const files = [Buffer.from(JSON.stringify(input)), [], []];
  let isRead = 0;
  const view = () => new DataView(memory.buffer);
  const imports = {
    fd_read(file, vector, _, size) {
      const [start, room] = [view().getUint32(vector, true), view().getUint32(vector + 4, true)];
      const part = files[0].subarray(isRead, isRead + Math.min(room, 4_096)); // in pieces, as a pipe gives it
      new Uint8Array(memory.buffer).set(part, start);
      isRead += part.length;
      view().setUint32(size, part.length, true);
      return 0;
    },
    fd_write(file, vector, _, size) {
      const [start, length] = [view().getUint32(vector, true), view().getUint32(vector + 4, true)];
      files[file].push(Buffer.from(memory.buffer.slice(start, start + length)));
      view().setUint32(size, length, true);
      return 0;
    },
  };
  const { run, memory } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: imports }).exports;
  run();
  const log = Buffer.concat(files[2]).toString();
  const verdicts = log.split('\n').filter(Boolean).map((line) => ({ id: line.split(' ')[0], code: line.split(' ')[1] }));
  return { output: JSON.parse(Buffer.concat(files[1]).toString()), verdicts };
}
