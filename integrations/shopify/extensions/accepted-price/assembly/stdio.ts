/** What Shopify gives and takes: JSON by standard input and output, the log by standard error (WASI, preview 1). */

import { Text } from './text';

// @ts-ignore: decorator
@external('wasi_snapshot_preview1', 'fd_read')
declare function fd_read(file: i32, buffers: usize, number: i32, size: usize): i32;
// @ts-ignore: decorator
@external('wasi_snapshot_preview1', 'fd_write')
declare function fd_write(file: i32, buffers: usize, number: i32, size: usize): i32;

/** Shopify gives 128 kB at most. */
const LARGEST = 256 * 1024;
/** Where a buffer is, how long it is, and how much of it was read or written. */
const VECTOR = memory.data(12);

/** All of standard input. */
export function readInput(): Text {
  const start = heap.alloc(LARGEST);
  let length = 0;
  while (length < LARGEST) {
    store<u32>(VECTOR, <u32>(start + length));
    store<u32>(VECTOR, LARGEST - length, 4);
    if (fd_read(0, VECTOR, 1, VECTOR + 8) != 0) break;
    const got = <i32>load<u32>(VECTOR, 8);
    if (got == 0) break;
    length += got;
  }
  return new Text(start, length);
}

/** Write bytes to a file: 1 is what Shopify reads, 2 the log. */
export function writeText(file: i32, text: Text): void {
  let from = 0;
  while (from < text.length) {
    store<u32>(VECTOR, <u32>(text.start + from));
    store<u32>(VECTOR, text.length - from, 4);
    if (fd_write(file, VECTOR, 1, VECTOR + 8) != 0) return;
    from += <i32>load<u32>(VECTOR, 8);
  }
}

/** Write an ASCII text. */
export function write(file: i32, text: string): void {
  const bytes = String.UTF8.encode(text);
  writeText(file, new Text(changetype<usize>(bytes), bytes.byteLength));
}
