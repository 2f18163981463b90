/** Fires when the shopper is about to leave, never in the way of something else. */

import { isTouch } from '../device.js';
import { listen } from '../guard.js';

const CALM_MS = 5000;
const AWAY_MS = 3000;
const FLICK_PX = 300;
const FLICK_MS = 300;
const FIELDS = 'input,select,textarea,iframe,[contenteditable]';
const DIALOGS = 'dialog[open],[role$=dialog],[aria-modal=true]';
/** Less of a dialog on screen is a closed drawer's edge, or what opens a chat. */
const LARGE_PX = 40000;

/**
 * How many pixels of an element are on screen.
 * @param {Element} element
 */
function shownPixels(element) {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const width = Math.min(right, window.innerWidth) - Math.max(left, 0);
  const height = Math.min(bottom, window.innerHeight) - Math.max(top, 0);
  return Math.max(0, width) * Math.max(0, height);
}

/**
 * Whether a dialog is really open: it can be seen, and is large. Many that are closed are only invisible.
 * @param {any} dialog
 */
function isOpen(dialog) {
  if (dialog.closest('[inert],[aria-hidden=true]') || shownPixels(dialog) < LARGE_PX) return false;
  // browsers before 2024 don't look at the elements around it
  if (!dialog.checkVisibility) return getComputedStyle(dialog).visibility == 'visible';
  return dialog.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
}

/** @returns {boolean} true while a field has the focus (an iframe may be a card form) or a dialog is open */
function isBusy() {
  if (document.activeElement?.matches(FIELDS)) return true;
  for (const dialog of document.querySelectorAll(DIALOGS)) if (isOpen(dialog)) return true;
  return false;
}

/** @returns how long the page has been looked at since, in milliseconds, and what ends the watch */
function watchCalm() {
  let sinceTime = Date.now();
  let before = 0;
  const pause = () => {
    const now = Date.now();
    // it was looked at until it was hidden, or begins to be now
    if (document.hidden) before += now - sinceTime;
    sinceTime = now;
  };
  return {
    unlisten: listen(document, 'visibilitychange', pause),
    milliseconds: () => before + (document.hidden ? 0 : Date.now() - sinceTime),
  };
}

/**
 * A desktop pointer leaves through the top.
 * @param {() => void} leave
 */
const watchPointer = (leave) =>
  listen(document, 'mouseout', ({ relatedTarget, clientY }) => !relatedTarget && clientY <= 0 && leave());

/**
 * A finger flicks towards the address bar.
 * @param {() => void} leave
 */
function watchScroll(leave) {
  let fromY = 0;
  let fromTime = 0;
  return listen(window, 'scroll', ({ timeStamp }) => {
    const y = window.scrollY;
    if (y > fromY || timeStamp - fromTime > FLICK_MS) {
      fromY = y;
      fromTime = timeStamp;
    } else if (fromY - y >= FLICK_PX) {
      leave();
    }
  });
}

/**
 * Back from another tab or app.
 * @param {() => void} leave
 */
function watchReturn(leave) {
  let hiddenAt = Infinity;
  return listen(document, 'visibilitychange', () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (Date.now() - hiddenAt >= AWAY_MS) leave();
  });
}

/** @type {import('../types.js').Trigger} */
export function exitIntent(_moment, { fire }) {
  const calm = watchCalm();
  const watches = isTouch() ? [watchScroll(leave), watchReturn(leave)] : [watchPointer(leave)];

  function leave() {
    if (calm.milliseconds() >= CALM_MS && !isBusy()) fire();
  }

  return () => {
    calm.unlisten();
    for (const unlisten of watches) unlisten();
  };
}
