/** Requests to WooCommerce's Store API. */

import { send } from './http.js';
import { Refusal } from './refusal.js';

/** Of `woocommerce_rest_missing_nonce` and `woocommerce_rest_invalid_nonce`. */
const NONCE = /_nonce$/;
const STOCK = /out_of_stock|no_stock/;

const { api: givenApi, cartToken: tokenName } = document.currentScript?.dataset || {};
let nonce = '';
/** The Store API's address: of the script's `data-api`, else as WordPress says in its pages. @param {string} path */
function address(path) {
  const link = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="https://api.w.org/"]'));
  const base = givenApi || (link?.href || '/wp-json/') + 'wc/store/v1/';
  const url = base.replace(/\/*$/, '/') + path;
  return base.includes('?') ? url.replace(/\?(.*)\?/, '?$1&') : url;
}

const storedToken = () => (tokenName && localStorage.getItem(tokenName)) || '';

/**
 * The next cart token is taken over from changes alone: those prove that the present one is valid, whereas asking for the
 * cart with one that has expired brings the token of another, empty cart.
 * @param {string} path
 * @param {object} [body]
 */
async function call(path, body) {
  const token = storedToken();
  /** @type {Record<string, string>} */
  const headers = token ? { 'Cart-Token': token } : { Nonce: nonce };
  const reply = await send(address(path), body, headers, token ? 'omit' : 'same-origin');
  nonce = reply.headers.get('Nonce') || nonce;
  const next = body && reply.status < 300 && reply.headers.get('Cart-Token');
  if (tokenName && token && next) localStorage.setItem(tokenName, next);
  return reply;
}

/**
 * The body of a good answer. A nonce that is not valid any more is fetched anew once.
 * @param {string} path
 * @param {object} [body]
 */
export async function demand(path, body) {
  const hasToken = !!storedToken();
  if (body && !nonce && !hasToken) await call('cart');
  let reply = await call(path, body);
  if (!hasToken && NONCE.test(reply.body?.code)) {
    await call('cart');
    reply = await call(path, body);
  }
  const { status, body: answer } = reply;
  if (status == 200 || status == 201) return answer;
  throw new Refusal(STOCK.test(answer?.code) ? 'out_of_stock' : 'not_added', `${path}: ${status} ${answer?.code}`);
}
