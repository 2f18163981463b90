/** A line with a checkbox that accepts. */

import { lines } from '../copy.js';
import { choice, element, priced } from '../elements.js';

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
export const bump = (content, actions, section) =>
  element(
    'section.widget line',
    element(
      'div.copy',
      tick(content, actions),
      !content.accept_label.includes(content.headline) && element('p.headline', content.headline),
      ...lines(content, actions, section),
    ),
    choice(content, actions, true),
  );
