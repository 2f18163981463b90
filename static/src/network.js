/** Requests to the edge. */

import { api } from './config.js';
import { decode, encode } from './json.js';

const nativeFetch = window.fetch;

/**
 * POST without preflight or credentials; throws where there is no answer in time or the answer is not JSON.
 * @param {string} path
 * @param {object} body
 * @param {number} timeout milliseconds
 * @param {boolean} [keepalive] go on when the page is left; at most 64 kB
 * @returns {Promise<{status: number, answer: any}>}
 */
export async function post(path, body, timeout, keepalive) {
  const response = await nativeFetch.call(window, new URL('..' + path, api), {
    method: 'POST',
    body: encode(body),
    credentials: 'omit',
    keepalive,
    signal: AbortSignal.timeout(timeout),
  });
  const answer = decode(await response.text());
  if (!answer) throw new Error(path + ' ' + response.status);
  return { status: response.status, answer };
}
