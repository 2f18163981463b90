/** What stands in a slot: a card, with or without a picture, a compact line, or a line with a checkbox. */

import { choice, element, picture, priced } from '../elements.js';
import { lines } from '../copy.js';

/** @typedef {import('../types.js').Content} Content */
/** @typedef {import('../types.js').Actions} Actions */

/**
 * The checkbox of an order bump: never ticked by itself; ticking it accepts.
 * @param {Content} content
 * @param {Actions} actions
 */
const tick = ({ accept_label, price }, { accept }) =>
  element(
    'label.tick headline',
    element('input', { type: 'checkbox', onchange: () => accept() }),
    priced(accept_label, price),
  );

/** @type {import('../types.js').Layout} */
export function inline(content, actions) {
  const { layout, headline, items, comparison } = content;
  const isBump = layout == 'bump';
  const isCard = !isBump && layout != 'line';
  const hasList = layout == 'bundle';
  return element(
    isCard ? 'section.widget card' : 'section.widget line',
    isCard && !hasList && !comparison && picture(items[0]?.image_url),
    element(
      'div.copy',
      isBump && tick(content, actions),
      !(isBump && content.accept_label.includes(headline)) && element('p.headline', headline),
      ...lines(content, actions, hasList),
    ),
    choice(content, actions),
  );
}
