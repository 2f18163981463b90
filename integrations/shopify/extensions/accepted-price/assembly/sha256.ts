/** SHA-256 (FIPS 180-4), and HMAC (RFC 2104) from states that have absorbed the key already. States are eight words in memory. */

import { Text } from './text';

const BLOCK: i32 = 64;
const K = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
  0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
  0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
  0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
  0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
  0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
/** One block's words and those that follow from them, used again for each block. */
const W = memory.data(256);
/** The last bytes of a text, with the padding. */
const TAIL = memory.data(128);
export const STATE_SIZE: usize = 32;

/** Take the block of 16 words in `W` into the state. */
function absorb(state: usize): void {
  for (let at = W + 64; at < W + 256; at += 4) {
    const x = load<u32>(at - 60);
    const y = load<u32>(at - 8);
    const s0 = rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3);
    const s1 = rotr(y, 17) ^ rotr(y, 19) ^ (y >>> 10);
    store<u32>(at, load<u32>(at - 64) + s0 + load<u32>(at - 28) + s1);
  }
  let a = load<u32>(state), b = load<u32>(state, 4), c = load<u32>(state, 8), d = load<u32>(state, 12);
  let e = load<u32>(state, 16), f = load<u32>(state, 20), g = load<u32>(state, 24), h = load<u32>(state, 28);
  for (let at: usize = 0; at < 256; at += 4) {
    const t1 = h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (g ^ (e & (f ^ g))) + load<u32>(K + at) + load<u32>(W + at);
    const t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) | (c & (a | b)));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  store<u32>(state, load<u32>(state) + a);
  store<u32>(state, load<u32>(state, 4) + b, 4);
  store<u32>(state, load<u32>(state, 8) + c, 8);
  store<u32>(state, load<u32>(state, 12) + d, 12);
  store<u32>(state, load<u32>(state, 16) + e, 16);
  store<u32>(state, load<u32>(state, 20) + f, 20);
  store<u32>(state, load<u32>(state, 24) + g, 24);
  store<u32>(state, load<u32>(state, 28) + h, 28);
}

/** Take the block of 64 bytes at a place into the state. */
function absorbBytes(state: usize, block: usize): void {
  for (let at: usize = 0; at < <usize>BLOCK; at += 4) store<u32>(W + at, bswap(load<u32>(block + at)));
  absorb(state);
}

/** Hash a text from a state that has absorbed one block, into `into`. */
function hash(start: usize, text: Text, into: usize): void {
  memory.copy(into, start, STATE_SIZE);
  const whole = text.length & ~63;
  for (let from = 0; from < whole; from += BLOCK) absorbBytes(into, text.start + from);
  const rest = text.length - whole;
  const padded = rest < 56 ? BLOCK : 2 * BLOCK;
  memory.fill(TAIL, 0, 2 * BLOCK);
  memory.copy(TAIL, text.start + whole, rest);
  store<u8>(TAIL + rest, 128);
  store<u32>(TAIL + padded - 4, bswap<u32>((BLOCK + text.length) * 8));
  absorbBytes(into, TAIL);
  if (padded > BLOCK) absorbBytes(into, TAIL + BLOCK);
}

/** How many blocks a text takes, with the padding at its end. */
export const blocksOf = (length: i32): i32 => (length + 8) / BLOCK + 1;

/** HMAC-SHA256 of a text, into `into`, by the states after a key's inner and its outer block. */
export function hmac(inner: usize, outer: usize, text: Text, into: usize): void {
  hash(inner, text, into);
  memory.copy(W, into, STATE_SIZE);
  memory.fill(W + STATE_SIZE, 0, STATE_SIZE);
  store<u32>(W, 0x80000000, STATE_SIZE);
  store<u32>(W, (BLOCK + 32) * 8, 60);
  memory.copy(into, outer, STATE_SIZE);
  absorb(into);
}
