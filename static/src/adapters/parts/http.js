/** Requests to the store itself, with its cookies. */

import { decode, encode } from '../../json.js';

const nativeFetch = window.fetch;
const WAIT_MS = 8000;

/** @typedef {{status: number, body: any, headers: Headers}} Reply */

/**
 * A POST where there is a body, else a GET that no cache answers. Throws where there is no answer in time.
 * @param {string} url
 * @param {object} [body]
 * @param {Record<string, string>} [headers]
 * @param {RequestCredentials} [credentials]
 * @returns {Promise<Reply>} `body` is undefined where the answer is not JSON
 */
export async function send(url, body, headers = {}, credentials = 'same-origin') {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), WAIT_MS);
  try {
    const response = await nativeFetch.call(window, url, {
      method: body ? 'POST' : 'GET',
      body: body && encode(body),
      headers: { Accept: 'application/json', ...(body && { 'Content-Type': 'application/json' }), ...headers },
      credentials,
      cache: 'no-store',
      signal: abort.signal,
    });
    return { status: response.status, body: decode(await response.text()), headers: response.headers };
  } finally {
    clearTimeout(timer);
  }
}

/** @type {Promise<unknown>} */
let last = Promise.resolve();

/**
 * One change of the cart after another: each sees what the one before has done.
 * @template T
 * @param {() => Promise<T>} change
 * @returns {Promise<T>}
 */
export function inTurn(change) {
  const mine = last.then(change, change);
  last = mine.catch(() => {});
  return mine;
}
