/** Fires when the shopper is about to leave, never in the way of something else. */

import { isTouch } from '../device.js';
import { listen } from '../guard.js';

const CALM_MS = 5000;
const AWAY_MS = 3000;
const FLICK_PX = 300;
const FLICK_MS = 300;
const FIELDS = 'input,select,textarea,iframe,[contenteditable]';
const DIALOGS = 'dialog[open],[role$=dialog],[aria-modal=true]';

/** @returns {boolean} true while a field has the focus (an iframe may be a card form) or a dialog is open */
function isBusy() {
  if (document.activeElement?.matches(FIELDS)) return true;
  /** @type {NodeListOf<HTMLElement>} */
  const dialogs = document.querySelectorAll(DIALOGS);
  for (const dialog of dialogs) {
    if (dialog.offsetHeight && getComputedStyle(dialog).visibility == 'visible') return true;
  }
  return false;
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

/**
 * @param {HTMLElement | null} _slot an exit offer has none
 * @param {() => void} fire
 */
export function exitIntent(_slot, fire) {
  const calmAt = Date.now() + CALM_MS;
  const watches = isTouch()
    ? [watchScroll(leave), watchReturn(leave)]
    : [watchPointer(leave)];

  function leave() {
    if (Date.now() >= calmAt && !isBusy()) fire();
  }

  return () => {
    for (const unlisten of watches) unlisten();
  };
}
