/** Compact line: one row of copy with the two buttons beside it. */

import { choice, element, lines, price, terms } from '../elements.js';

/** @type {import('../types.js').Layout} */
export function line(content, actions) {
  return element(
    'section',
    'widget line',
    element(
      'div',
      'copy',
      element('p', 'headline', content.headline),
      ...lines(content),
      price(content),
      terms(content, actions),
    ),
    choice(content, actions),
  );
}
