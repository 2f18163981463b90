/** Part: each quantity with a button of its own. */

import { button, each, element, named, priced } from '../elements.js';
import css from '../layouts/list.css';

export { css };

/** @type {import('../types.js').Section['draw']} */
const quantities = ({ tiers, items: [item] }, { accept }) =>
  element(
    'ul',
    ...each(tiers || [], ({ quantity, price, unit_price_text, saving_text, accept_label, added_text }) =>
      element(
        'li',
        element(
          'span.copy price',
          element('strong', item && named(item, quantity)),
          element('span', unit_price_text),
          element('span.saving', saving_text),
        ),
        button('accept', priced(accept_label, price), () => accept(quantity, added_text)),
      ),
    ),
  );

/** @type {import('../types.js').Part['sections']} */
export const sections = { quantity_break: { draw: quantities, hides: 'goods price accept' } };
