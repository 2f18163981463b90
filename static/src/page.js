/** A page view: ask once, arm what was decided, log what happens. */

import { siteKey } from './config.js';
import { hasConsent } from './consent.js';
import { decide, isPaused } from './decide.js';
import { log } from './events.js';
import { guarded, later, report } from './guard.js';
import { isAccepted, readHistory, rememberShown } from './history.js';
import { adopt, visitorId } from './identity.js';
import { isExitSpent } from './triggers/exit_intent.js';
import { triggerOf } from './triggers/index.js';
import { createWidget } from './widget.js';

/** @typedef {import('./types.js').Answer} Answer */
/** @typedef {import('./types.js').Decision} Decision */
/** @typedef {import('./types.js').PageInput} PageInput */
/** @typedef {{moment: string, isHeld: () => boolean, silence: () => void, clear: () => void}} Offer */

const EXIT = 'exit_intent';
const SLOT = 'data-upsell-slot';
const SLOT_TRIES = 12;
const SLOT_WAIT_MS = 250;
const PHONE_PX = 600;

/** @type {PageInput | undefined} */
let page;
/** Counts page views: what belongs to an earlier one is ignored. */
let view = 0;
/** @type {Offer[]} */
let offers = [];

/** @param {PageInput} [input] */
export function startPage(input) {
  page = input || {};
  const mine = ++view;
  if (document.readyState == 'loading' && !page.moments) {
    document.addEventListener('DOMContentLoaded', guarded(() => run(mine)), { once: true });
  } else {
    later(() => run(mine), 0);
  }
}

/** Begin again with what the page last said: consent has come. */
export function resumePage() {
  if (page) startPage(page);
}

/** End the page view: nothing more is shown or logged. */
export function endPage() {
  view++;
  for (const offer of offers) offer.clear();
  offers = [];
}

/** Take back every offer that has not been exposed yet. */
export function silence() {
  for (const offer of offers) offer.silence();
}

/** @param {number} mine */
async function run(mine) {
  if (mine != view || !hasConsent() || isPaused()) return;
  const moments = momentsOf(page || {});
  const answer = moments.length ? await decide(requestFor(page || {}, moments), skipLate) : undefined;
  if (mine != view) return;
  const held = [];
  for (const offer of offers) {
    if (offer.isHeld()) held[held.length] = offer;
    else offer.clear();
  }
  offers = held;
  if (!answer || answer.enabled === false) return;
  adopt(answer.visitor_id);
  for (const decision of answer.decisions) guarded(begin)(decision, mine);
}

/** @param {PageInput} input */
function momentsOf({ moments }) {
  const wanted = [];
  for (const moment of moments || Object.keys(findSlots())) {
    if (moment != EXIT || !isExitSpent()) wanted[wanted.length] = moment;
  }
  return wanted;
}

/**
 * @param {PageInput} input
 * @param {string[]} moments
 */
function requestFor({ cart, visitor, locale, path }, moments) {
  return {
    key: siteKey,
    visitor_id: visitorId(),
    moments,
    page: { path: path || location.pathname },
    locale: locale || document.documentElement.lang || navigator.language,
    device: device(),
    cart,
    visitor,
    history: readHistory(),
    consent: { measurement: true },
  };
}

function device() {
  if (!matchMedia('(pointer: coarse)').matches) return 'desktop';
  return Math.min(screen.width, screen.height) < PHONE_PX ? 'phone' : 'tablet';
}

/** The first slot of each moment. @returns {Record<string, HTMLElement>} */
function findSlots() {
  const slots = Object.create(null);
  for (const slot of document.querySelectorAll(`[${SLOT}]`)) {
    const moment = slot.getAttribute(SLOT) || '';
    slots[moment] = slots[moment] || slot;
  }
  return slots;
}

/** @param {Answer} answer */
function skipLate({ decisions }) {
  for (const decision of decisions) if (decision.experiment) log('skipped', decision, { reason: 'timeout' });
}

/**
 * Arm a decision once its slot is there.
 * @param {Decision} decision
 * @param {number} mine
 * @param {number} [tries]
 */
function begin(decision, mine, tries = SLOT_TRIES) {
  const { moment, experiment } = decision;
  if (mine != view || !experiment || isAccepted(experiment)) return;
  for (const offer of offers) if (offer.moment == moment) return;
  const slot = moment == EXIT ? undefined : findSlots()[moment];
  if (slot || moment == EXIT) offers[offers.length] = arm(decision, slot);
  else if (tries) later(() => begin(decision, mine, tries - 1), SLOT_WAIT_MS);
  else log('skipped', decision, { reason: 'no_slot' });
}

/**
 * Wait for the trigger; it never depends on whether there is something to show. A shopper who is quicker than the
 * trigger is exposed by what they do.
 * @param {Decision} decision
 * @param {HTMLElement | undefined} slot
 * @returns {Offer}
 */
function arm(decision, slot) {
  let isExposed = false;
  const disarm = triggerOf(decision.trigger?.kind)(slot, expose);
  const widget = build(decision, slot, expose);

  function expose() {
    if (isExposed) return;
    isExposed = true;
    disarm();
    log('exposure', decision);
    if (!widget?.show()) return;
    log('impression', decision);
    rememberShown();
  }

  function clear() {
    disarm();
    widget?.remove();
  }

  return {
    moment: decision.moment,
    isHeld: () => !!widget?.isHeld(),
    silence: () => isExposed || clear(),
    clear,
  };
}

/**
 * @param {Decision} decision
 * @param {HTMLElement | undefined} slot
 * @param {() => void} expose
 */
function build(decision, slot, expose) {
  try {
    return decision.content ? createWidget(decision, decision.content, slot, expose, silence) : null;
  } catch (error) {
    report(error);
    log('error', decision, { message: String(error) });
    return null;
  }
}
