/** Identifiers, made without `crypto.randomUUID`, which plain-http pages lack. */

let made = 0;

/**
 * @param {number} value
 * @param {number} digits
 */
const hex = (value, digits) => (value + 16 ** digits).toString(16).slice(1);

/**
 * @param {number} bytes
 * @returns {string} two random hexadecimal digits for each
 */
function randomHex(bytes) {
  let text = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(bytes))) text += hex(byte, 2);
  return text;
}

/** @returns {string} a UUID of version 7 (RFC 9562, with a counter): sorts in the order in which they were made */
export const newUuid = () => hex(Date.now(), 12) + 7 + hex(made++ % 4096, 3) + 'a' + randomHex(8).slice(1);
