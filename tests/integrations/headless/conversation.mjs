/** `node conversation.mjs EDGE SECRET_KEY ACCEPTANCE_TOKEN`: a shop's server talks to the edge with the client. */

import { Offerlift, OfferliftError } from '../../../integrations/snippet/server.js';

const [edge, secretKey, token] = process.argv.slice(2);
const offerlift = new Offerlift({ edge, secretKey, decideTimeoutMs: 5_000 });
const refusal = (promise) =>
  promise.then(
    () => 'not refused',
    (error) => (error instanceof OfferliftError ? [error.status, error.code, error.field ?? null] : String(error)),
  );

const decided = await offerlift.decide({ visitor_id: 'v_1', moments: ['cart'] });
const claims = await offerlift.redeem(token, 'cart-7');
const again = await offerlift.redeem(token, 'cart-7');
const at = new Date().toISOString();
const line = { sku: claims.lines[0].sku, quantity: 1, price_minor: claims.lines[0].price_minor, acceptance_token: token };
const order = {
  external_id: '5501', visitor_id: claims.sub, placed_at: at, updated_at: at, currency: 'EUR',
  subtotal_minor: 990, total_minor: 990, lines: [line],
};
const receipt = await offerlift.sendOrder(order);
const refused = [
  await refusal(offerlift.redeem(token, 'cart-8')),
  await refusal(offerlift.sendOrder({ ...order, currency: 'euros' })),
  await refusal(new Offerlift({ edge, secretKey: 'sk_wrong' }).decide({ moments: ['cart'] })),
  await refusal(new Offerlift({ edge: 'http://127.0.0.1:9', secretKey }).decide({ moments: ['cart'] })),
];
console.log(JSON.stringify({ decided, claims, again, receipt, refused }));
