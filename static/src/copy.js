/** What a widget says between its headline and its buttons; what the content doesn't have is left out. */

import { amounts, button, each, element, named, picture, price, priced } from './elements.js';

/** @typedef {import('./types.js').Content} Content */
/** @typedef {import('./types.js').Actions} Actions */

/**
 * The products, each with its picture and price.
 * @param {Content} content
 */
const list = ({ items }) =>
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

/**
 * Each quantity with a button of its own.
 * @param {Content} content
 * @param {Actions} actions
 */
const quantities = ({ tiers, items: [item] }, { accept }) =>
  element(
    'ul',
    ...each(tiers || [], ({ quantity, price, unit_price_text, saving_text, accept_label }) =>
      element(
        'li',
        element(
          'span.copy price',
          element('strong', item && named(item, quantity)),
          element('span', unit_price_text),
          element('span.saving', saving_text),
        ),
        button('accept', priced(accept_label, price), () => accept(quantity)),
      ),
    ),
  );

/**
 * Two versions side by side.
 * @param {NonNullable<Content['comparison']>} comparison
 */
function table({ columns, rows }) {
  /** @param {string} scope */
  const head = (scope) => (/** @type {string} */ text) => element('th', text, { scope });
  return element(
    'table',
    element('tr', element('td'), ...each(columns, head('col'))),
    ...each(rows, ({ label, values }) =>
      element('tr', head('row')(label), ...each(values, (text) => element('td', text, {}))),
    ),
  );
}

/**
 * What is sold, where neither headline nor list says it.
 * @param {Content} content
 */
function goods({ headline, items }) {
  let text = '';
  for (const item of items) text += (text && ' + ') + named(item);
  return !headline.includes(text) && text;
}

/**
 * @param {Content} content
 * @param {Actions} actions
 * @param {boolean} [hasList]
 */
export const lines = (content, actions, hasList) => [
  element('p.mark', content.preview_text),
  !hasList && !content.tiers && element('p.item', goods(content)),
  element('p', content.reason),
  element('p', content.body),
  element('p.proof', content.proof),
  element('p', content.stock_text),
  element('p.deadline', content.deadline_text),
  content.progress && element('label', content.progress.text, element('progress', { value: content.progress.share })),
  hasList && list(content),
  content.comparison && table(content.comparison),
  content.tiers && quantities(content, actions),
  price(content, actions),
];
