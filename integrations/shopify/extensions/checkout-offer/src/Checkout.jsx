/** In the checkout, at delivery or payment: accepting puts the products into the order that is being placed. */

import '@shopify/ui-extensions/preact';
import { render } from 'preact';

import { addAccepted } from './cart.js';
import { Offer } from './Offer.jsx';

export default async () => {
  render(<InCheckout />, document.body);
};

function InCheckout() {
  const moment = shopify.settings.value.moment == 'shipping' ? 'shipping' : 'payment';
  const isReached = moment == 'payment' || isDeliveryChosen(shopify.deliveryGroups.value);
  return <Offer moment={moment} isReached={isReached} onAccept={(acceptance) => addAccepted(shopify, acceptance)} />;
}

/** @param {any[]} groups */
const isDeliveryChosen = (groups) => groups.some(({ selectedDeliveryOption }) => selectedDeliveryOption);
