/** Nothing that goes wrong here may reach the page: every entry from outside runs through `guarded`. */

/** A bound, for a page that stays open for days would keep more events than any script asks for. */
const MAX_KEPT = 200;
/** Only the core has who asks for them: other scripts are smaller without. */
const KEEPS_EVENTS = /** @type {any} */ (globalThis).KEEPS_EVENTS;
/** The latest events of this page, for scripts that come late; the oldest gives way. @type {CustomEvent[]} */
const emitted = [];
let count = 0;

/** @param {(event: CustomEvent) => void} callback gets the events before now, oldest first */
export function replay(callback) {
  const end = count;
  for (let number = Math.max(0, end - MAX_KEPT); number < end; number++) {
    guarded(callback)(/** @type {CustomEvent} */ (emitted[number % MAX_KEPT]));
  }
}

/**
 * Tell the page what happened, as a DOM event on `document`.
 * @param {string} type without the prefix `upsell:`
 * @param {object} detail
 * @param {boolean} [isCancelable]
 * @returns {boolean} false where a listener called `preventDefault()`
 */
export function emit(type, detail, isCancelable) {
  try {
    const event = new CustomEvent('upsell:' + type, { detail, cancelable: isCancelable });
    if (KEEPS_EVENTS) emitted[count++ % MAX_KEPT] = event;
    return document.dispatchEvent(event);
  } catch {
    return true;
  }
}

/** @param {any} error */
export function report(error) {
  emit('error', { message: String(error?.message || error) });
}

/**
 * The same function, which reports where it would have thrown or rejected.
 * @template {unknown[]} A
 * @template R
 * @param {(...args: A) => R} callback
 * @returns {(...args: A) => R | undefined}
 */
export function guarded(callback) {
  return (...args) => {
    try {
      const result = callback(...args);
      /** @type {any} */ (result)?.catch?.(report);
      return result;
    } catch (error) {
      report(error);
      return undefined;
    }
  };
}

/**
 * Listen until the returned function is called.
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => void} listener
 * @returns {() => void}
 */
export function listen(target, type, listener) {
  const safe = guarded(listener);
  target.addEventListener(type, safe);
  return () => target.removeEventListener(type, safe);
}

/**
 * @param {() => void} callback
 * @param {number} milliseconds
 */
export function later(callback, milliseconds) {
  return setTimeout(guarded(callback), milliseconds);
}
