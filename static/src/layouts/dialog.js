/** Dialog: opens over the page when its trigger fires; Esc, the cross and a press beside it decline. */

import { button, choice, CLOSE, element, lines, picture, price } from '../elements.js';

/** @param {import('../types.js').Content} content */
function pictures({ items = [] }) {
  const row = element('div', 'pictures');
  for (const { image_url } of items) {
    const image = picture(image_url);
    if (image) row.append(image);
  }
  return row;
}

/** @type {import('../types.js').Layout} */
export function dialog(content, actions) {
  const cross = button('close', '×', actions.decline);
  cross.setAttribute('aria-label', content.messages?.close || CLOSE);
  const headline = element('h2', 'headline', content.headline);
  headline.tabIndex = -1;
  headline.autofocus = true; // and not the accept button: a stray Enter buys nothing
  const frame = element(
    'dialog',
    'widget dialog',
    element(
      'div',
      'sheet',
      headline,
      element('div', 'copy', ...lines(content)),
      element('div', 'goods', pictures(content), price(content, actions)),
      choice(content, actions),
      cross,
    ),
  );
  frame.onclick = (event) => event.target == frame && actions.decline();
  return frame;
}
