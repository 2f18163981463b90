/** Identifiers, made without `crypto.randomUUID`, which plain-http pages lack. */

let made = 0;

/**
 * @param {number} digits
 * @returns {string} random hexadecimal digits
 */
export function randomHex(digits) {
  let text = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(digits / 2))) text += (byte + 256).toString(16).slice(1);
  return text;
}

/** @returns {string} a UUID of version 7 (RFC 9562, with a counter): sorts in the order in which they were made */
export function newUuid() {
  const time = Date.now().toString(16).padStart(12, '0');
  const count = (made++ & 0xfff).toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-a${randomHex(4).slice(1)}-${randomHex(12)}`;
}
