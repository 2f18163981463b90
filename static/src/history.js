/** What this browser has seen: the arbiter's caps, decline memory and friction. */

import { now } from './clock.js';
import { each } from './elements.js';
import { local, session } from './storage.js';
import { previewToken } from './visit.js';

/** @typedef {import('./types.js').Decision} Decision */
/** @typedef {import('./types.js').History} History */

const SHOWN = 'shown';
const DECLINED = 'declined';
const FRICTION = 'friction';
const ACCEPTED = 'accepted';
const EXIT = 'exit';

const today = () => now().slice(0, 10);

/** @returns {History} */
export function readHistory() {
  const { day, count } = local.read(SHOWN) || {};
  return {
    shown_session: session.read(SHOWN) || 0,
    shown_today: day == today() ? count : 0,
    declined_at: local.read(DECLINED) || null,
    friction: session.read(FRICTION) || [],
  };
}

export function rememberShown() {
  const { shown_session, shown_today } = readHistory();
  session.write(SHOWN, shown_session + 1);
  local.write(SHOWN, { day: today(), count: shown_today + 1 });
}

export function rememberDeclined() {
  local.write(DECLINED, now());
}

/** @param {string} kind */
export function rememberFriction(kind) {
  const { friction } = readHistory();
  if (!friction.includes(kind)) session.write(FRICTION, [...friction, kind]);
}

/** @param {Decision} decision with what came of it */
export function rememberAccepted(decision) {
  session.write(ACCEPTED + decision.experiment, decision);
}

/** What was accepted in this session. @returns {Decision[]} */
export const acceptedOffers = () => each(session.names(ACCEPTED), session.read);

/** @param {string | null} experiment */
export function forgetAccepted(experiment) {
  session.erase(ACCEPTED + experiment);
}

/** @param {string | null} experiment */
export const isAccepted = (experiment) => session.read(ACCEPTED + experiment);

/** The exit offer has had its turn: once a session is enough. */
export function spendExit() {
  session.write(EXIT, true);
}

/** @returns {boolean} true once it has had its turn in this session; a preview can be seen again */
export const isExitSpent = () => session.read(EXIT) && !previewToken();
