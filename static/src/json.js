/** JSON that a page's `Array.prototype.toJSON` (old Prototype.js) can't distort. */

/**
 * A value's own `toJSON` is called before the replacer, and by it passed over.
 * @param {any} value
 * @returns {string}
 */
export const encode = (value) =>
  JSON.stringify(value, /** @this {any} @param {string} key */ function (key) {
    return this[key];
  });

/**
 * @param {string | null | undefined} text
 * @returns {any} nothing where it is not JSON
 */
export function decode(text) {
  try {
    return JSON.parse(/** @type {string} */ (text));
  } catch {
    return undefined;
  }
}
