/**
 * The page's own calls that write the cart's session. WooCommerce writes the whole session at the end of a call, so that of
 * two that overlap the one that ends last undoes the other.
 *
 * Blocks call through `wp.apiFetch`, whose middleware sees each call (https://developer.wordpress.org/block-editor/
 * reference-guides/packages/packages-api-fetch/#middlewares); what began before it was there is in the cart's meta data.
 * Classic pages call through jQuery.
 */

import { guarded } from '../../guard.js';

/** A bound, for not every script ends what it began. */
const MOST_MS = 3000;
const LOOK_MS = 100;
/** By which the page itself changes lines, in blocks and in classic pages: the shopper wants the cart so. */
const OF_LINES = /remove[-_]item|update[-_]item|remove_from_cart|update_cart|undo_item/;

const page = /** @type {any} */ (window);
let open = 0;
let changes = 0;
let isWatchingBlocks = false;
let isWatchingClassic = false;

/**
 * What WordPress's data package knows of the blocks' cart, and does to it.
 * @param {string} way
 */
export const blocks = (way) => page.wp?.data?.[way]?.('wc/store/cart');

/** How often the shopper has changed lines by the page itself. */
export const changesOfShopper = () => changes;

/** @param {any} call of which nothing may throw: the page's own call waits for it */
const note = guarded(({ path, url, data }) => {
  if (OF_LINES.test(path + url + JSON.stringify(data))) changes++;
});

/** Watch the calls of whatever has come by now: the adapter may be there before either. */
const watch = guarded(() => {
  if (page.wp?.apiFetch?.use && !isWatchingBlocks) {
    isWatchingBlocks = true;
    page.wp.apiFetch.use(async (/** @type {any} */ call, /** @type {any} */ next) => {
      if (!call.method || call.method == 'GET') return next(call);
      note(call);
      open++;
      try {
        return await next(call);
      } finally {
        open--;
      }
    });
  }
  if (page.jQuery?.ajaxPrefilter && !isWatchingClassic) {
    isWatchingClassic = true;
    page.jQuery.ajaxPrefilter(note);
  }
});

/** Whether the page is sending what the shopper has typed or chosen. */
export function isSending() {
  watch();
  const cart = blocks('select');
  return (
    open ||
    page.jQuery?.active ||
    cart?.hasPendingItemsOperations?.() ||
    Object.values(cart?.getCartMeta?.() || {}).some(Boolean)
  );
}

/**
 * Wait until the page has sent its own changes.
 * @param {number} [most] milliseconds
 */
export async function quiet(most = MOST_MS) {
  for (let waits = most / LOOK_MS; waits-- > 0 && isSending(); ) await new Promise((done) => setTimeout(done, LOOK_MS));
}

watch();
for (const type of ['DOMContentLoaded', 'load']) addEventListener(type, watch);
