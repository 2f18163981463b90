/** Ask the edge what to show: one try, 800 ms, and silence when it fails. */

import { report } from './guard.js';
import { post } from './network.js';
import { session } from './storage.js';

/** @typedef {import('./types.js').Answer} Answer */

const PATIENCE_MS = 800;
const LATE_MS = 10000;
const FAILURES = 3;
const PAUSE_MS = 60000;
const BREAKER = 'breaker';

/** @param {number} failures @param {number} until */
const writeBreaker = (failures, until) => session.write(BREAKER, { failures, until });

/** @returns {boolean} true while the edge is not to be asked */
export function isPaused() {
  return session.read(BREAKER)?.until > Date.now();
}

function countFailure() {
  const failures = (Number(session.read(BREAKER)?.failures) || 0) + 1;
  writeBreaker(failures % FAILURES, failures < FAILURES ? 0 : Date.now() + PAUSE_MS);
}

/**
 * @param {object} request
 * @returns {Promise<Answer>}
 */
async function ask(request) {
  const { status, answer } = await post('/v1/decide', request, LATE_MS);
  if (status != 200 || !Array.isArray(answer.decisions)) throw new Error('decide answered ' + status);
  return answer;
}

/**
 * The answer, or undefined where there is none in time. An answer that comes too late changes nothing on the page;
 * it goes to `onLate`, so that the skipped offers can be counted.
 * @param {object} request
 * @param {(answer: Answer) => void} onLate
 * @returns {Promise<Answer | undefined>}
 */
export async function decide(request, onLate) {
  const asked = ask(request);
  /** @type {Promise<undefined>} */
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  try {
    const answer = await Promise.race([asked, patience]);
    if (answer) {
      writeBreaker(0, answer.enabled === false ? Date.now() + (answer.ttl_s || 60) * 1000 : 0);
      return answer;
    }
    asked.then(onLate).catch(report);
  } catch (error) {
    report(error);
  }
  countFailure();
  return undefined;
}
