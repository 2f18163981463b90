/** Who is visiting: the page's own id, then cookie, then storage, then memory. Called only with consent. */

import { ownVisitorId } from './config.js';
import { newUuid } from './random.js';
import { local } from './storage.js';

const IN_COOKIE = /(?:^|; )upsell_visitor=([^;]+)/;
const VALID = /^[\w.:@/+=~|-]{1,64}$/;
const YEAR_S = 31536000;

let current = '';

/** @param {string} [cookie] to be set */
function cookies(cookie) {
  try {
    return cookie ? (document.cookie = cookie) : document.cookie;
  } catch {
    return '';
  }
}

/**
 * @param {string} value
 * @param {number} maxAge seconds
 */
function writeCookie(value, maxAge) {
  const secure = location.protocol == 'https:' ? '; secure' : '';
  cookies(`upsell_visitor=${value}; path=/; max-age=${maxAge}; samesite=lax${secure}`);
}

const inCookie = () => IN_COOKIE.exec(cookies())?.[1];

/** @returns {string} */
export function visitorId() {
  if (!current) {
    for (const id of [local.read('visitor'), inCookie(), ownVisitorId]) adopt(id);
    adopt(current || 'v_' + newUuid());
  }
  return current;
}

/**
 * Go on with this id if it is one, and remember it unless it is the page's own.
 * @param {unknown} id
 */
export function adopt(id) {
  if (typeof id != 'string' || !VALID.test(id) || id == current) return;
  current = id;
  if (id == ownVisitorId) return;
  // One that the shop's server has set stays as it is: Safari lets it live longer than one that a script sets.
  if (inCookie() != id) writeCookie(id, YEAR_S);
  local.write('visitor', id);
}

/** Forget the visitor. */
export function forget() {
  current = '';
  writeCookie('', 0);
}
