/**
 * What happens on a cart or checkout page after it was loaded: the cart changes, a delivery or a payment is chosen.
 *
 * The server says what the cart is in each answer of the Store API (`extensions.offerlift`), with the amounts as the
 * shopper sees them. Blocks keep the newest answer in the data store `wc/store/cart`; classic pages tell by jQuery events
 * that something changed, and the cart is asked for then.
 */
(() => {
  'use strict';
  const { upsell, offerliftPage: page, wp, jQuery } = window;
  if (!upsell || !page) return;
  let told = JSON.stringify({ cart: page.cart, visitor: page.visitor });

  /** Tell the snippet, where it is something new. */
  function tell(said) {
    if (!said || !said.cart || !said.visitor) return;
    const { cart, visitor } = said;
    const text = JSON.stringify({ cart, visitor });
    if (text === told) return;
    told = text;
    upsell('page', { ...page, cart, visitor });
  }

  /** The delivery options and the payment methods, in blocks and in classic pages. */
  const DELIVERY = '[name^="shipping_method"], .wc-block-components-shipping-rates-control input, .wc-block-checkout__shipping-option input';
  const PAYMENT = '[name="payment_method"], .wc-block-checkout__payment-method input[type="radio"]';

  document.addEventListener('change', ({ target }) => {
    if (!(target instanceof Element)) return;
    if (target.matches(DELIVERY)) upsell('delivery');
    if (target.matches(PAYMENT)) upsell('payment');
  });

  /** Where there is nothing to choose from, the only delivery is chosen once it is there. */
  let isOnlyTold = false;
  function noteOnlyDelivery() {
    if (isOnlyTold || !page.moments.includes('shipping')) return;
    const choices = document.querySelectorAll('[name^="shipping_method"], .wc-block-components-shipping-rates-control input[type="radio"]');
    const isOnly = choices.length === 1 || document.querySelector('.wc-block-components-shipping-rates-control__package .wc-block-components-radio-control__label-group');
    if (choices.length > 1 || !isOnly) return;
    isOnlyTold = true;
    upsell('delivery');
  }

  const store = wp && wp.data && wp.data.select && wp.data.select('wc/store/cart');
  if (store) {
    let before;
    wp.data.subscribe(() => {
      const cart = store.getCartData();
      if (cart === before) return;
      before = cart;
      tell(cart.extensions && cart.extensions.offerlift);
      setTimeout(noteOnlyDelivery, 0);
    });
  }
  noteOnlyDelivery();
  window.addEventListener('load', noteOnlyDelivery);

  if (!jQuery) return;
  const link = document.querySelector('link[rel="https://api.w.org/"]');
  const root = (link && link.getAttribute('href')) || '/wp-json/';
  const address = root + 'wc/store/v1/cart';
  let asking = 0;
  jQuery(document.body).on('updated_cart_totals updated_checkout', async () => {
    const mine = ++asking;
    noteOnlyDelivery();
    try {
      const answer = await fetch(address, { credentials: 'same-origin', cache: 'no-store' });
      const cart = await answer.json();
      if (mine === asking) tell(cart.extensions && cart.extensions.offerlift);
    } catch {
      // The page goes on with what it knew.
    }
  });
})();
