/** On the thank-you page: the order is placed, so that accepting leads to another one, at the signed price. */

import '@shopify/ui-extensions/preact';
import { render } from 'preact';

import { permalink } from './cart.js';
import { Offer } from './Offer.jsx';

export default async () => {
  render(<Offer moment="confirmation" onAccept={orderLink} />, document.body);
};

/** @param {any} acceptance */
async function orderLink(acceptance) {
  const price = acceptance.total_minor / 10 ** acceptance.decimals;
  const text = shopify.i18n.formatCurrency(price, { currency: acceptance.currency });
  return <s-button href={permalink(shopify, acceptance)}>{shopify.i18n.translate('order', { price: text })}</s-button>;
}
