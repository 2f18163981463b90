/** The snippet's command queue, for a script that may come before it or after it. */

/**
 * @param {string} name
 * @param {unknown} value
 */
export function ask(name, value) {
  const host = /** @type {any} */ (window);
  host.upsell ||= function () {
    const waiting = (host.upsell.q = host.upsell.q || []);
    waiting[waiting.length] = arguments;
  };
  host.upsell(name, value);
}
