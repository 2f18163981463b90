/** SHA-256 (FIPS 180-4), for its states alone: Node's own crypto has no way to ask for them. */

/** @typedef {number[]} State eight words of 32 bits, signed */

/** @type {State} */
export const INITIAL = [
  0x6a09e667, -0x4498517b, 0x3c6ef372, -0x5ab00ac6, 0x510e527f, -0x64fa9774, 0x1f83d9ab, 0x5be0cd19,
];

const K = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
  0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
  0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
  0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
  0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
  0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];
for (let at = 0; at < 64; at++) K[at] |= 0;

const BLOCK = 64;
/** One block's words and those that follow from them, used again for each block. */
const W = new Array(64).fill(0);

/**
 * The state after the block whose first 16 words are in `W`.
 * @param {State} state
 * @returns {State}
 */
function absorb(state) {
  for (let at = 16; at < 64; at++) {
    const x = W[at - 15];
    const y = W[at - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[at] = (W[at - 16] + s0 + W[at - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let at = 0; at < 64; at++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + K[at] + W[at]) | 0;
    const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  return [a, b, c, d, e, f, g, h].map((word, at) => (state[at] + word) | 0);
}

/** How many blocks a text takes, with the padding at its end. @param {number} length */
const blocksOf = (length) => Math.floor((length + 8) / BLOCK) + 1;

/**
 * Hash an ASCII text, after `before` bytes that the state has absorbed.
 * @param {string} text
 * @param {State} [state]
 * @param {number} [before] a whole number of blocks
 * @returns {State}
 */
export function sha256(text, state = INITIAL, before = 0) {
  const whole = text.length - (text.length % BLOCK);
  for (let start = 0; start < whole; start += BLOCK) {
    for (let at = 0, from = start; at < 16; at++, from += 4) W[at] = wordAt(text, from);
    state = absorb(state);
  }
  const rest = text.slice(whole) + '\x80' + '\0'.repeat(BLOCK * 2);
  const left = blocksOf(text.length - whole);
  for (let block = 0; block < left; block++) {
    for (let at = 0; at < 16; at++) W[at] = wordAt(rest, block * BLOCK + at * 4);
    if (block == left - 1) W[15] = (before + text.length) * 8; // of texts up to 256 MB
    state = absorb(state);
  }
  return state;
}

/** @param {string} text @param {number} from */
const wordAt = (text, from) =>
  (text.charCodeAt(from) << 24) |
  (text.charCodeAt(from + 1) << 16) |
  (text.charCodeAt(from + 2) << 8) |
  text.charCodeAt(from + 3);

/** The four bytes of each word, as characters. @param {State} words */
const textOf = (words) =>
  words.map((word) => String.fromCharCode((word >>> 24) & 255, (word >>> 16) & 255, (word >>> 8) & 255, word & 255)).join('');

/**
 * What a key comes to in HMAC-SHA256: the states after its inner and its outer block. They sign and verify; the key
 * itself, with which a store's servers call the edge, can't be worked out from them.
 * @param {string} key ASCII
 */
export function keyStates(key) {
  const short = key.length > BLOCK ? textOf(sha256(key)) : key;
  const padded = (/** @type {number} */ pad) =>
    Array.from({ length: BLOCK }, (_, at) => String.fromCharCode((short.charCodeAt(at) || 0) ^ pad)).join('');
  return { inner: afterBlock(padded(0x36)), outer: afterBlock(padded(0x5c)) };
}

/** @param {string} block of 64 bytes */
function afterBlock(block) {
  for (let at = 0; at < 16; at++) W[at] = wordAt(block, at * 4);
  return absorb(INITIAL);
}

/**
 * HMAC-SHA256 of an ASCII text.
 * @param {{inner: State, outer: State}} key
 * @param {string} text
 * @returns {State}
 */
export const hmac = ({ inner, outer }, text) => sha256(textOf(sha256(text, inner, BLOCK)), outer, BLOCK);
