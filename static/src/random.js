/** Identifiers, made without `crypto.randomUUID`, which plain-http pages lack. */

/**
 * @param {number} digits
 * @returns {string} random hexadecimal digits
 */
export function randomHex(digits) {
  let text = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(digits / 2))) text += (byte + 256).toString(16).slice(1);
  return text;
}

/** @returns {string} a UUID of version 7 (RFC 9562): sorts by the time it was made */
export function newUuid() {
  const time = Date.now().toString(16).padStart(12, '0');
  const random = randomHex(20);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-a${random.slice(3, 6)}-${random.slice(6, 18)}`;
}
