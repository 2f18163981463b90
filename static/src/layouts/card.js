/** Inline card: picture, copy, price and the two buttons. */

import { choice, copy, element, picture } from '../elements.js';

/** @type {import('../types.js').Layout} */
export function card(content, actions) {
  const image = picture(content.items?.[0]?.image_url);
  return element('section', 'widget card', image, copy(content, actions), choice(content, actions));
}
