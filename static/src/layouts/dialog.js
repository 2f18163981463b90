/** Dialog: opens over the page when its trigger fires; Esc, the cross and a press beside it decline. */

import { button, choice, element } from '../elements.js';
import { lines } from '../copy.js';

/** @type {import('../types.js').Layout} */
export function dialog(content, actions) {
  const cross = button('close', '×', actions.decline);
  cross.setAttribute('aria-label', content.messages.close);
  const frame = element(
    'dialog.widget',
    element(
      'div.sheet',
      // the headline has the focus and not the accept button: a stray Enter buys nothing
      element('h2', content.headline, { tabIndex: -1, autofocus: true }),
      element('div.copy', ...lines(content, actions, true)),
      choice(content, actions),
    ),
    cross,
    { onclick: (/** @type {Event} */ { target }) => void (target == frame && actions.decline()) },
  );
  return frame;
}
