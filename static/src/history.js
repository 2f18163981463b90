/** What this browser has seen: the arbiter's caps, decline memory and friction. */

import { now } from './clock.js';
import { local, session } from './storage.js';

/** @typedef {import('./types.js').History} History */

const SHOWN = 'shown';
const DECLINED = 'declined';
const FRICTION = 'friction';
const ACCEPTED = 'accepted';

const today = () => SHOWN + now().slice(0, 10);

/** @param {string} name @returns {string[]} */
const list = (name) => session.read(name) || [];

/** @returns {History} */
export function readHistory() {
  return {
    shown_session: session.read(SHOWN) || 0,
    shown_today: local.read(today()) || 0,
    declined_at: local.read(DECLINED) || null,
    friction: list(FRICTION),
  };
}

export function rememberShown() {
  const { shown_session, shown_today } = readHistory();
  for (const name of local.names(SHOWN)) local.remove(name);
  session.write(SHOWN, shown_session + 1);
  local.write(today(), shown_today + 1);
}

export function rememberDeclined() {
  local.write(DECLINED, now());
}

/** @param {string} kind */
export function rememberFriction(kind) {
  const kinds = list(FRICTION);
  if (!kinds.includes(kind)) session.write(FRICTION, [...kinds, kind]);
}

/** @param {string | null} experiment */
export function rememberAccepted(experiment) {
  session.write(ACCEPTED + experiment, true);
}

/** @param {string | null} experiment */
export function isAccepted(experiment) {
  return session.read(ACCEPTED + experiment);
}
