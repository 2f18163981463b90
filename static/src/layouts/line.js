/** Compact line: one row of copy with the two buttons beside it. */

import { choice, copy, element } from '../elements.js';

/** @type {import('../types.js').Layout} */
export function line(content, actions) {
  return element('section', 'widget line', copy(content, actions), choice(content, actions));
}
