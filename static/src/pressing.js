/** A press on what can be pressed in a widget, until it is released there. */

import { listen } from './guard.js';

/**
 * Leave the focus where it is while the mouse presses. A field that is left often shows an error, or has the page drawn
 * again: the button would move away between press and release, and nothing would be clicked.
 */
export function watchPresses() {
  listen(document, 'mousedown', (event) => {
    const isOurs = event.target.hasAttribute?.('data-upsell-widget');
    if (isOurs && event.composedPath()[0].closest('button,label,input')) event.preventDefault();
  });
}
