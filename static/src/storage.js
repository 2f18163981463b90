/** The browser's storage under the store's own prefix; memory where the browser refuses it. */

import { siteKey } from './config.js';
import { decode, encode } from './json.js';

const PREFIX = 'upsell:' + siteKey + ':';

let isWritable = true;

/**
 * Without the shopper's consent nothing is written.
 * @param {boolean} value
 */
export function allowWriting(value) {
  isWritable = value;
}

/** @param {'localStorage' | 'sessionStorage'} kind */
function openArea(kind) {
  /** By full name, prefix included. @type {Record<string, string>} */
  const memory = Object.create(null);

  /**
   * Names that begin with `start`, in order.
   * @param {string} start
   */
  function names(start) {
    let keys = Object.keys(memory);
    try {
      keys = [...keys, ...Object.keys(window[kind])];
    } catch {}
    const found = [];
    for (const key of keys) if (key.startsWith(PREFIX + start)) found[found.length] = key.slice(PREFIX.length);
    return found.sort();
  }

  /** @param {string} name */
  function remove(name) {
    delete memory[PREFIX + name];
    try {
      window[kind].removeItem(PREFIX + name);
    } catch {}
  }

  /**
   * @param {string} name
   * @returns {any} undefined where there is nothing
   */
  function read(name) {
    try {
      return decode(memory[PREFIX + name] ?? window[kind].getItem(PREFIX + name));
    } catch {
      return undefined;
    }
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  function write(name, value) {
    if (!isWritable) return;
    remove(name);
    const text = encode(value);
    try {
      window[kind].setItem(PREFIX + name, text);
    } catch {
      memory[PREFIX + name] = text;
    }
  }

  return { names, read, write, remove };
}

export const local = openArea('localStorage');
export const session = openArea('sessionStorage');

/** Forget everything of ours. */
export function eraseStorage() {
  for (const area of [local, session]) for (const name of area.names('')) area.remove(name);
}
