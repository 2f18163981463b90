/** JSON that a page's `Array.prototype.toJSON` (old Prototype.js) can't distort. */

/**
 * @param {any} value a tree of plain objects, arrays and primitives
 * @returns {string}
 */
export function encode(value) {
  if (value === null || typeof value != 'object') return JSON.stringify(value) ?? 'null';
  let text = '';
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) text += (index ? ',' : '') + encode(value[index]);
    return '[' + text + ']';
  }
  for (const key of Object.keys(value)) {
    if (value[key] !== undefined) text += (text ? ',' : '') + JSON.stringify(key) + ':' + encode(value[key]);
  }
  return '{' + text + '}';
}

/**
 * @param {string | null} text
 * @returns {any} undefined where it is not JSON
 */
export function decode(text) {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
