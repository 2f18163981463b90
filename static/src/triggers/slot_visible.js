/** Fires when half of the slot has been on screen for a second. */

import { guarded, later, listen } from '../guard.js';

const DWELL_MS = 1000;
const STEPS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/**
 * How much of the slot's first `height` pixels is on screen counts, not of what was rendered into it: so treatment
 * and control fire at the same instant even in a slot that reserves no height.
 * @param {IntersectionObserverEntry} entry
 * @param {number} height of the slot before anything was rendered
 */
function isHalfVisible({ isIntersecting, intersectionRect: seen, boundingClientRect: box }, height) {
  const overlap = Math.min(seen.bottom, box.top + height) - Math.max(seen.top, box.top);
  return isIntersecting && overlap >= Math.min(height, window.innerHeight) / 2;
}

/**
 * @param {HTMLElement | undefined} slot
 * @param {() => void} fire
 */
export function slotVisible(slot, fire) {
  if (!slot) return () => {};
  const height = slot.getBoundingClientRect().height;
  let isInView = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function update() {
    const isSeen = isInView && document.visibilityState == 'visible';
    if (!isSeen) timer = void clearTimeout(timer);
    else if (!timer) timer = later(() => (stop(), fire()), DWELL_MS);
  }

  const observe = guarded((/** @type {IntersectionObserverEntry[]} */ entries) => {
    const newest = entries[entries.length - 1];
    isInView = !!newest && isHalfVisible(newest, height);
    update();
  });
  const observer = new IntersectionObserver(observe, { threshold: STEPS });
  const unlisten = listen(document, 'visibilitychange', update);

  function stop() {
    clearTimeout(timer);
    observer.disconnect();
    unlisten();
  }

  observer.observe(slot);
  return stop;
}
