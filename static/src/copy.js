/** What a widget says between its headline and its buttons; what the content doesn't have is left out. */

import { element, isHidden, named, price } from './elements.js';

/** @typedef {import('./types.js').Content} Content */
/** @typedef {import('./types.js').Actions} Actions */
/** @typedef {import('./types.js').Section} Section */

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
 * @param {Section | undefined} section what a part draws between the copy and the price
 */
export const lines = (content, actions, section) => [
  element('p.mark', content.preview_text),
  !isHidden(section, 'goods') && element('p.item', goods(content)),
  element('p', content.reason),
  element('p', content.body),
  element('p.proof', content.proof),
  element('p', content.stock_text),
  element('p.deadline', content.deadline_text),
  section?.draw(content, actions),
  price(content, actions, section),
  element('p', content.terms_text),
];
