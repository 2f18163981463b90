/** Fires when half of the slot has been on screen for a second. */

import { guarded, later, listen } from '../guard.js';

const DWELL_MS = 1000;
const STEPS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/**
 * How much of the slot's first `height` pixels is on screen counts, not of what was rendered into it: so treatment
 * and control fire at the same instant even in a slot that reserves no height.
 * @param {IntersectionObserverEntry} entry
 * @param {number} height of the slot before anything was rendered
 */
const isHalfVisible = ({ isIntersecting, intersectionRect: seen, boundingClientRect: box }, height) =>
  isIntersecting && Math.min(seen.bottom, box.top + height) - seen.top >= Math.min(height, window.innerHeight) / 2;

/** @type {import('../types.js').Trigger} */
export function slotVisible(slot, fire, place) {
  const target = /** @type {HTMLElement} */ (slot);
  const height = target.offsetHeight;
  let isInView = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function update() {
    if (!isInView || document.hidden) timer = void clearTimeout(timer);
    else if (!timer) timer = later(fire, DWELL_MS);
  }

  const observer = new IntersectionObserver(
    guarded((/** @type {any} */ entries) => {
      isInView = isHalfVisible(entries[entries.length - 1], height);
      update();
    }),
    { threshold: STEPS },
  );
  const unlisten = listen(document, 'visibilitychange', update);
  observer.observe(target);
  place();
  return () => {
    clearTimeout(timer);
    observer.disconnect();
    unlisten();
  };
}
