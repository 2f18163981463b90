/** Dialog: opens over the page when its trigger fires; Esc, the cross and a press beside it decline. */

import { lines } from '../copy.js';
import { button, choice, element, isHidden } from '../elements.js';
import { list } from './list.js';

/** @typedef {import('../types.js').Section} Section */

/**
 * The products, and below them what another part draws, unless it draws the products itself.
 * @param {Section} [section]
 * @returns {Section}
 */
function listed(section) {
  const hides = (section?.hides || '') + ' goods';
  if (!section || isHidden(section, 'picture goods')) return { draw: list, hides };
  return {
    hides,
    draw: (content, actions) => element('div', list(content, actions), section.draw(content, actions)),
  };
}

/** @type {import('../types.js').Layout} */
export function dialog(content, actions, section) {
  const cross = button('close', '×', actions.decline);
  cross.setAttribute('aria-label', content.messages.close);
  const frame = element(
    'dialog.widget',
    element(
      'div.sheet',
      // the headline has the focus and not the accept button: a stray Enter buys nothing
      element('h2', content.headline, { tabIndex: -1, autofocus: true }),
      element('div.copy', ...lines(content, actions, listed(section))),
      choice(content, actions, isHidden(section, 'accept')),
    ),
    cross,
    { onclick: (/** @type {Event} */ { target }) => void (target == frame && actions.decline()) },
  );
  return frame;
}
