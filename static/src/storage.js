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
  const memory = {};

  /**
   * @template T
   * @param {(area: Storage) => T} action
   * @returns {T | undefined} undefined where the browser refuses
   */
  function attempt(action) {
    try {
      return action(window[kind]);
    } catch {
      return undefined;
    }
  }

  /**
   * Names that begin with `start`, in order.
   * @param {string} start
   */
  function names(start) {
    const found = [];
    for (const key of [...Object.keys(memory), ...(attempt(Object.keys) || [])]) {
      if (key.startsWith(PREFIX + start)) found[found.length] = key.slice(PREFIX.length);
    }
    return found.sort();
  }

  /** @param {string} name */
  function erase(name) {
    delete memory[PREFIX + name];
    attempt((area) => area.removeItem(PREFIX + name));
  }

  /**
   * @param {string} name
   * @returns {any} undefined where there is nothing
   */
  const read = (name) => decode(memory[PREFIX + name] ?? attempt((area) => area.getItem(PREFIX + name)));

  /**
   * @param {string} name
   * @param {unknown} value
   */
  function write(name, value) {
    if (!isWritable) return;
    erase(name);
    const text = (memory[PREFIX + name] = encode(value));
    attempt((area) => {
      area.setItem(PREFIX + name, text);
      delete memory[PREFIX + name];
    });
  }

  return { names, read, write, erase };
}

export const local = openArea('localStorage');
export const session = openArea('sessionStorage');

/** Forget everything of ours. */
export function eraseStorage() {
  for (const area of [local, session]) for (const name of area.names('')) area.erase(name);
}
