/** A page view: ask once, and arm what was decided. */

import { siteKey } from './config.js';
import { hasConsent } from './consent.js';
import { decide, isPaused } from './decide.js';
import { device } from './device.js';
import { log } from './events.js';
import { guarded, later, listen } from './guard.js';
import { forAccepted, isAccepted, isExitSpent, readHistory } from './history.js';
import { adopt, visitorId } from './identity.js';
import { encode } from './json.js';
import { arm, clearOffers, hasOffer, startCounting } from './offers.js';
import { arrive, brought } from './parts.js';
import { showArms } from './show.js';
import { collapse, removeDead, slotsOf } from './slots.js';
import { allowWriting } from './storage.js';
import { campaign, previewToken } from './visit.js';
import { createWidget } from './widget.js';

/** @typedef {import('./types.js').Answer} Answer */
/** @typedef {import('./types.js').Decision} Decision */
/** @typedef {import('./types.js').History} History */
/** @typedef {import('./types.js').PageInput} PageInput */

const SLOT_WAIT_MS = 3000;
const CALL_WAIT_MS = 3000;
const LOOK_MS = 500;
/** Of what this snippet sends and when it counts: reports can tell visitors of one version from those of the next. */
const SNIPPET_VERSION = 3;

/** @type {PageInput} */
let page = {};
/** What tells a page view from the next: a cart that draws itself anew says the same again. */
let address = '';
/** @type {History} */
let historyBefore;
/** Counts page views: what belongs to an earlier one is ignored. */
let view = 0;
/** In a preview, the snippet asks by itself where the page forgets to. */
let isForgotten = false;

/** @param {PageInput} [input] */
export function startPage(input) {
  page = input || {};
  const mine = ++view;
  const asked = encode([location.href, page.path, page.moments]);
  if (asked != address) {
    address = asked;
    historyBefore = readHistory();
    startCounting();
  }
  const start = () => run(mine);
  if (!page.moments && document.readyState == 'loading') listen(document, 'DOMContentLoaded', start);
  else later(start, 0);
}

/**
 * The order is placed: ask for the moment of confirmation alone.
 * @param {PageInput} [order]
 */
export function startConfirmation(order) {
  startPage({ ...page, ...order, moments: ['confirmation'] });
}

/** Begin again with what the page last said: consent has come. */
export function resumePage() {
  if (view) startPage(page);
}

/** End the page view: nothing more is shown or logged, and what nobody has touched goes. */
export function endPage() {
  view++;
  clearOffers();
}

/** @param {number} mine */
async function run(mine) {
  if (mine != view) return;
  if (!hasConsent() && !previewToken()) return showArms();
  const moments = wantedMoments();
  const isAsked = moments.length && (!isPaused() || previewToken());
  const answer = isAsked ? await decide(requestFor(page, moments), skipLate) : undefined;
  if (mine != view) return;
  clearOffers(answer?.offers_left, true);
  removeDead();
  showArms(answer?.decisions);
  if (!answer) {
    for (const moment of moments) keepEmpty(moment);
    return;
  }
  if (answer.preview) guarded(preview)(answer);
  else adopt(answer.visitor_id);
  for (const decision of answer.decisions) guarded(prepare)(decision, mine);
  forAccepted(guarded(keep));
}

/**
 * A preview writes nothing, and is seen at once: its bar makes a place for it where the page has none.
 * @param {Answer} answer
 */
async function preview({ bar, decisions }) {
  allowWriting(false);
  if (!bar) return;
  for (const decision of decisions) decision.trigger = null;
  if (await arrive(bar.parts)) brought.showBar?.(bar, { no_call: isForgotten, no_consent: !hasConsent() }, brought.nonce);
}

/** Ask for a preview where the page doesn't ask by itself. */
export function watchPreview() {
  later(() => {
    if (view || !previewToken()) return;
    isForgotten = true;
    startPage();
  }, CALL_WAIT_MS);
}

/**
 * What was accepted on an earlier page may be seen again; nothing is logged of it. The part that knows how fetches what
 * it is drawn with.
 * @param {Decision} decision
 */
async function keep(decision) {
  if (await arrive(decision.accepted?.acceptance?.parts)) brought.resume?.(decision, page.cart, createWidget, arrive);
}

/** Those that the page names, else those of its slots. */
function wantedMoments() {
  /** @type {string[]} */
  const wanted = [];
  for (const moment of page.moments || momentsOfSlots()) {
    if (!wanted.includes(moment) && (moment != 'exit_intent' || !isExitSpent())) wanted[wanted.length] = moment;
  }
  if (!wanted.length && previewToken()) wanted[0] = 'cart';
  return wanted;
}

function momentsOfSlots() {
  const moments = [];
  /** @type {NodeListOf<HTMLElement>} */
  const slots = document.querySelectorAll('[data-upsell-slot]');
  for (const slot of slots) moments[moments.length] = slot.dataset.upsellSlot || '';
  return moments;
}

/**
 * @param {PageInput} input
 * @param {string[]} moments
 */
function requestFor({ cart, visitor, locale, path, page_type, logged_in }, moments) {
  const { shown_session, shown_today } = historyBefore; // an offer doesn't count against itself
  return {
    key: siteKey,
    visitor_id: hasConsent() ? visitorId() : undefined, // a preview asks without consent
    moments,
    page: { path: path || location.pathname, query: campaign() || '' },
    locale: locale || document.documentElement.lang || navigator.language,
    device: device(),
    cart,
    visitor,
    history: { ...readHistory(), shown_session, shown_today },
    consent: { measurement: true },
    automation: navigator.webdriver || undefined,
    preview: previewToken(),
    visit: { snippet: SNIPPET_VERSION, page_type, logged_in },
  };
}

/** @param {Answer} answer */
function skipLate({ decisions }) {
  for (const decision of decisions) skip(decision, 'timeout');
}

/**
 * Fetch what any variant needs. Where that fails, the offer is skipped whatever the variant: were control not to wait
 * for parts that it doesn't draw, a bad connection would leave its shoppers in the test and take the others out.
 * @param {Decision} decision
 * @param {number} mine
 */
async function prepare(decision, mine) {
  const { moment, experiment, parts } = decision;
  const isComplete = !experiment || (await arrive(parts));
  if (mine != view) return;
  if (isComplete && (moment != 'exit_intent' || brought.triggers.exit_intent)) begin(decision, mine);
  else skip(decision, 'no_part');
}

/**
 * In this page view nothing comes into the slots of a moment, those included that come late or are drawn anew.
 * @param {string} moment
 */
function keepEmpty(moment, mine = view) {
  if (mine != view) return;
  collapse(moment);
  later(() => keepEmpty(moment, mine), LOOK_MS);
}

/**
 * @param {Decision} decision whose offer will not be shown, so that its slots need no height
 * @param {string} reason
 */
function skip(decision, reason) {
  keepEmpty(decision.moment);
  if (decision.experiment) log('skipped', decision, { reason });
}

/**
 * Arm a decision. Its slot may come later; one that isn't there after a while is worth a note.
 * @param {Decision} decision
 * @param {number} mine
 */
function begin(decision, mine) {
  const { moment, experiment } = decision;
  if (!experiment || isAccepted(decision)) return keepEmpty(moment);
  if (hasOffer(moment)) return;
  const isInline = moment != 'exit_intent';
  arm(decision, isInline, endPage);
  if (isInline) later(() => mine == view && !slotsOf(moment).length && skip(decision, 'no_slot'), SLOT_WAIT_MS);
}

/** Back from the next page: what was declined there, or shown, counts here too. */
export function watchReturn() {
  let history = '';
  listen(window, 'pagehide', () => (history = encode(readHistory())));
  listen(window, 'pageshow', ({ persisted }) => {
    if (!persisted || !view || history == encode(readHistory())) return;
    address = '';
    endPage();
    startPage(page);
  });
}
