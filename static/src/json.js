/** JSON that a page's `Array.prototype.toJSON` (old Prototype.js) can't distort. */

/**
 * @param {any} value a tree of plain objects, arrays and primitives
 * @returns {string}
 */
export function encode(value) {
  if (!value || typeof value != 'object') return JSON.stringify(value) ?? 'null';
  const isList = Array.isArray(value);
  let text = '';
  for (const key of Object.keys(value)) {
    if (value[key] !== undefined) text += (text && ',') + (isList ? '' : JSON.stringify(key) + ':') + encode(value[key]);
  }
  return isList ? `[${text}]` : `{${text}}`;
}

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
