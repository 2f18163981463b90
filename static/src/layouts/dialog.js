/** Dialog: opens over the page when its trigger fires; Esc, the cross and a press beside it decline. */

import { button, CLOSE, choice, element, lines, picture, price, terms } from '../elements.js';

/** @typedef {import('../types.js').Content} Content */

/** @param {Content} content */
function pictures({ items = [] }) {
  const row = element('div', 'pictures');
  for (const { image_url } of items) {
    const image = picture(image_url);
    if (!image) continue;
    if (row.firstChild) row.append(element('span', 'plus', '+'));
    row.append(image);
  }
  return row;
}

/** @param {Content} content */
function itemTitles({ items = [] }) {
  const list = element('ul', 'items');
  for (const { title, quantity } of items) list.append(element('li', '', (quantity > 1 ? quantity + ' × ' : '') + title));
  return items.length > 1 && list;
}

/** @type {import('../types.js').Layout} */
export function dialog(content, actions) {
  const cross = button('close', '×', actions.decline);
  cross.setAttribute('aria-label', content.messages?.close || CLOSE);
  const headline = element('h2', 'headline', content.headline);
  headline.tabIndex = -1;
  headline.autofocus = true;
  const frame = element(
    'dialog',
    'widget dialog',
    element(
      'div',
      'sheet',
      headline,
      element('div', 'copy', ...lines(content), itemTitles(content)),
      element('div', 'goods', pictures(content), price(content)),
      terms(content, actions),
      choice(content, actions),
      cross,
    ),
  );
  frame.onclick = (event) => event.target == frame && actions.decline();
  return frame;
}
