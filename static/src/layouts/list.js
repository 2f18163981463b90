/** The products, each with its picture and price. */

import { amounts, each, element, named, picture } from '../elements.js';

/** @type {import('../types.js').Section['draw']} */
export const list = ({ items }) =>
  element(
    'ul',
    ...each(items, (item) =>
      element(
        'li',
        picture(item.image_url),
        element('span.copy', named(item)),
        element('span.price', ...(items[1] ? amounts(item.price, item.compare_at) : [])),
      ),
    ),
  );
