/** What the shopper sees of a changed cart. */

import { emit, later } from '../../guard.js';

const CONFIRMATION_MS = 1500;

/**
 * Tell the page that the cart has changed. It may draw its cart again itself, and says so by `preventDefault()` on
 * `upsell:added`; otherwise `redraw` does it once the widget has confirmed.
 * @param {object} cart as the store has answered
 * @param {() => void} redraw
 */
export function announce(cart, redraw) {
  if (emit('added', { cart }, true)) later(redraw, CONFIRMATION_MS);
}
