/** What this browser has seen: the arbiter's caps, decline memory and friction. */

import { now } from './clock.js';
import { local, session } from './storage.js';
import { previewToken } from './visit.js';

/** @typedef {import('./types.js').Decision} Decision */
/** @typedef {import('./types.js').History} History */

const SHOWN = 'shown';
const DECLINED = 'declined';
const FRICTION = 'friction';
const ACCEPTED = 'accepted';
const EXIT = 'exit';
/** As long as what was accepted can wait for its order. */
const OTHER_TAB_MS = 1800000;

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

/** A sequence ended with an acceptance after all. */
export function forgetDeclined() {
  local.erase(DECLINED);
}

/**
 * What was accepted second is kept beside what was accepted first.
 * @param {Decision} decision
 */
const nameOf = ({ experiment, step }) => ACCEPTED + experiment + (step == 'accepted' ? '+' : '');

/** @param {Decision} decision with what came of it */
export function rememberAccepted(decision) {
  for (const area of [session, local]) area.write(nameOf(decision), decision);
}

/** @param {(decision: Decision) => void} callback gets what was accepted in this session */
export function forAccepted(callback) {
  for (const name of session.names(ACCEPTED)) callback(session.read(name));
}

/** @param {Decision} decision */
export function forgetAccepted(decision) {
  for (const area of [session, local]) area.erase(nameOf(decision));
}

/**
 * What was accepted a little while ago, in this tab or another.
 * @param {Decision} decision
 * @returns {Decision | undefined}
 */
export function acceptedElsewhere(decision) {
  const kept = local.read(nameOf(decision));
  return Date.now() - kept?.accepted.at < OTHER_TAB_MS ? kept : undefined;
}

/** @param {Decision} decision */
export const isAccepted = (decision) => session.read(nameOf(decision)) || acceptedElsewhere(decision);

/** The exit offer has had its turn: once a session is enough. */
export function spendExit() {
  session.write(EXIT, true);
}

/** @returns {boolean} true once it has had its turn in this session; a preview can be seen again */
export const isExitSpent = () => session.read(EXIT) && !previewToken();
