/** The states of keys that the set-up script makes, by its hash, against NIST's and RFC 4231's examples, and Node's own crypto on 500 random texts. */

import assert from 'node:assert/strict';
import { createHash, createHmac, randomInt } from 'node:crypto';
import test from 'node:test';

import { hmac, keyStates, sha256 } from '../../../integrations/shopify/scripts/sha256.mjs';

const hex = (words) => words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
const bytes = (text) => Buffer.from(text, 'latin1');

// FIPS 180-4, https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
const NIST = [
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'],
  [
    'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu',
    'cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1',
  ],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
];

// RFC 4231, test cases 1 to 4, 6 and 7
const RFC_4231 = [
  ['\x0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  ['Jefe', 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
  ['\xaa'.repeat(20), '\xdd'.repeat(50), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
  [
    Array.from({ length: 25 }, (_, at) => String.fromCharCode(at + 1)).join(''),
    '\xcd'.repeat(50),
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
  [
    '\xaa'.repeat(131),
    'Test Using Larger Than Block-Size Key - Hash Key First',
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    '\xaa'.repeat(131),
    'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
    '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  ],
];

test('hashes as NIST says', () => {
  for (const [text, digest] of NIST) assert.equal(hex(sha256(text)), digest);
});

test('signs as RFC 4231 says', () => {
  for (const [key, text, digest] of RFC_4231) assert.equal(hex(hmac(keyStates(key), text)), digest);
});

test('hashes and signs as Node does, whatever the length', () => {
  for (let length = 0; length < 500; length++) {
    const text = String.fromCharCode(...Array.from({ length }, () => randomInt(128)));
    const key = String.fromCharCode(...Array.from({ length: 1 + (length % 140) }, () => 32 + randomInt(95)));
    assert.equal(hex(sha256(text)), createHash('sha256').update(bytes(text)).digest('hex'));
    assert.equal(hex(hmac(keyStates(key), text)), createHmac('sha256', bytes(key)).update(bytes(text)).digest('hex'));
  }
});
