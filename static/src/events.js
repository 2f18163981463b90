/** Events wait in storage until the edge has acknowledged them; ids make repeats harmless. */

import { now } from './clock.js';
import { siteKey } from './config.js';
import { hasConsent } from './consent.js';
import { emit, guarded, later, listen } from './guard.js';
import { visitorId } from './identity.js';
import { encode } from './json.js';
import { post } from './network.js';
import { newUuid } from './random.js';
import { local } from './storage.js';

/** @typedef {import('./types.js').Decision} Decision */
/** @typedef {import('./types.js').WidgetEvent} WidgetEvent */
/** @typedef {(WidgetEvent | {order: object}) & {id: string, order?: object}} Entry an order goes by itself */
/** @typedef {{visitor: string, event: Entry}} Waiting */

const PREFIX = 'event:';
const MAX_WAITING = 500;
const MAX_EVENTS = 50;
const MAX_BYTES = 60000;
const ENVELOPE_BYTES = 500;
const BATCH_MS = 250;
const SEND_MS = 10000;
const MAX_BACKOFF_MS = 300000;

/** Names of the events on their way. @type {Record<string, boolean>} */
const sending = {};
let limit = MAX_EVENTS;
let failures = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * Queue an event of this decision, and tell the page, to which `accept` is the wish and `accepted` that it came true.
 * @param {string} type
 * @param {Decision} decision
 * @param {Record<string, unknown>} [props]
 */
export function log(type, decision, props = {}) {
  if (!decision.exposure_token) return; // a preview
  if (decision.step) props.step = decision.step;
  emit(type == 'accept' ? 'accepted' : type, { ...decision, exposure_token: null, props });
  if (hasConsent()) enqueue({ id: newUuid(), type, at: now(), exposure_token: decision.exposure_token, props });
}

/**
 * Queue what the page says of an order; called only with consent.
 * @param {object} order
 */
export function convert(order) {
  enqueue({ id: newUuid(), order });
}

/** @param {Entry} event */
function enqueue(event) {
  const names = local.names(PREFIX);
  if (names.length >= MAX_WAITING) local.erase(names[0] || '');
  local.write(PREFIX + event.id, { visitor: visitorId(), event });
  schedule(BATCH_MS);
}

/** @param {number} milliseconds */
function schedule(milliseconds) {
  if (timer && milliseconds == BATCH_MS) return;
  clearTimeout(timer);
  timer = later(flush, milliseconds);
}

/**
 * The next batch: of one visitor, within the edge's limits; or an order.
 * @returns {{names: string[], visitor: string, events: Entry[]}}
 */
function nextBatch() {
  /** @type {string[]} */
  const names = [];
  /** @type {Entry[]} */
  const events = [];
  let visitor = '';
  let bytes = ENVELOPE_BYTES;
  for (const name of local.names(PREFIX)) {
    if (events.length == limit) break;
    if (sending[name]) continue;
    /** @type {Waiting | undefined} */
    const waiting = local.read(name);
    bytes += new Blob([encode(waiting?.event)]).size + 1;
    if (!waiting?.event || (bytes > MAX_BYTES && !events.length)) {
      local.erase(name);
      bytes = ENVELOPE_BYTES;
    } else if (bytes > MAX_BYTES || (visitor && (visitor != waiting.visitor || waiting.event.order || events[0]?.order))) {
      break;
    } else {
      visitor = waiting.visitor;
      names[names.length] = name;
      events[events.length] = waiting.event;
    }
  }
  return { names, visitor, events };
}

/** Send what waits; called again until nothing does. */
export async function flush() {
  clearTimeout(timer);
  timer = undefined;
  if (!hasConsent()) return;
  const { names, visitor, events } = nextBatch();
  if (!events.length) return;
  for (const name of names) sending[name] = true;
  const isDone = await send({ key: siteKey, visitor_id: visitor, sent_at: now() }, events);
  for (const name of names) {
    delete sending[name];
    if (isDone) local.erase(name);
  }
  if (isDone) failures = 0;
  else failures++;
  schedule(isDone ? 0 : Math.min(MAX_BACKOFF_MS, 500 * 2 ** failures) * (1 + Math.random()));
}

/**
 * @param {object} envelope
 * @param {Entry[]} events
 * @returns {Promise<unknown>} truthy where these need not be sent again
 */
async function send(envelope, events) {
  const order = events[0]?.order;
  try {
    const [path, content] = order ? ['/v1/convert', { order }] : ['/v1/events', { events }];
    const { status, answer } = await post(path, { ...envelope, ...content }, SEND_MS, true);
    if (status == 400 || status == 413) {
      limit = events.length >> 1 || 1;
      return events.length == 1;
    }
    limit = MAX_EVENTS;
    return status == 200 && (order || answer.accepted >= 0);
  } catch {
    return false;
  }
}

/** Send what earlier pages left, and what waits whenever the page is left or the network is back. */
export function startSending() {
  schedule(0);
  const sendNow = guarded(flush);
  listen(document, 'visibilitychange', () => document.hidden && sendNow());
  listen(window, 'pagehide', sendNow);
  listen(window, 'online', sendNow);
}
