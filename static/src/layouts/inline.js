/** What stands in a slot: a card, with or without a picture, or a compact line. */

import { lines } from '../copy.js';
import { choice, element, isHidden, picture } from '../elements.js';

/** @type {import('../types.js').Layout} */
export function inline(content, actions, section) {
  const { layout, headline, items } = content;
  const isCard = layout != 'line';
  return element(
    isCard ? 'section.widget card' : 'section.widget line',
    isCard && !isHidden(section, 'picture') && picture(items[0]?.image_url),
    element('div.copy', element('p.headline', headline), ...lines(content, actions, section)),
    choice(content, actions, isHidden(section, 'accept')),
  );
}
