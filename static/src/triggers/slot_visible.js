/** Fires when the marker of a slot has been on screen for a second, whatever a variant draws below it. */

import { guarded, later, listen } from '../guard.js';
import { mark, slotsOf } from '../slots.js';

const DWELL_MS = 1000;
/** A look costs a tenth of a millisecond; observing every change of a page's elements would cost more. */
const LOOK_MS = 500;

/** @param {Element | undefined} marker */
const hasBox = (marker) => marker?.getClientRects().length;

/**
 * The slots are looked for again and again: they may come late, be drawn anew, or take turns at a breakpoint.
 * @type {import('../types.js').Trigger}
 */
export function slotVisible(moment, { fire, place, release }) {
  /** Markers by slot. @type {Map<Element, HTMLElement>} */
  const markers = new Map();
  /** Markers that are on screen. @type {Set<Element>} */
  const inView = new Set();
  /** The slot that the offer is in. @type {HTMLElement | undefined} */
  let home;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function update() {
    if (!inView.size || document.hidden) timer = void clearTimeout(timer);
    else if (!timer) timer = later(fire, DWELL_MS);
  }

  const observer = new IntersectionObserver(
    guarded((/** @type {IntersectionObserverEntry[]} */ entries) => {
      for (const { target, intersectionRatio, boundingClientRect } of entries) {
        if (intersectionRatio < 0.5 || !boundingClientRect.width) inView.delete(target);
        else inView.add(target);
      }
      release();
      update();
    }),
    { threshold: 0.5 },
  );

  function look() {
    for (const slot of slotsOf(moment)) {
      let marker = markers.get(slot);
      if (marker?.parentNode != slot) {
        marker = mark(slot);
        markers.set(slot, marker);
        observer.observe(marker);
        if (slot == home) home = undefined; // it was drawn anew, without what we had put into it
      }
      if (!hasBox(marker) || hasBox(home && markers.get(home))) continue;
      home = slot;
      place(home);
    }
  }

  const looking = setInterval(guarded(look), LOOK_MS);
  const unlisten = listen(document, 'visibilitychange', update);
  look();
  return () => {
    clearTimeout(timer);
    clearInterval(looking);
    observer.disconnect();
    unlisten();
  };
}
