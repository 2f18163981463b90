/** Inline card: picture, copy, price and the two buttons. */

import { choice, element, lines, picture, price, terms } from '../elements.js';

/** @type {import('../types.js').Layout} */
export function card(content, actions) {
  return element(
    'section',
    'widget card',
    picture(content.items?.[0]?.image_url),
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
