/** Ask the edge what to show: one try, 800 ms, and silence when it fails. */

import { later, report } from './guard.js';
import { post } from './network.js';
import { session } from './storage.js';

/** @typedef {import('./types.js').Answer} Answer */

const PATIENCE_MS = 800;
const LATE_MS = 10000;
const FAILURES = 3;
const PAUSE_MS = 60000;
const BREAKER = 'breaker';

/** @param {number} failures @param {number} [pauseMs] */
const writeBreaker = (failures, pauseMs = 0) => session.write(BREAKER, { failures, until: Date.now() + pauseMs });

/** @returns {boolean} true while the edge is not to be asked */
export const isPaused = () => session.read(BREAKER)?.until > Date.now();

function countFailure() {
  const failures = (session.read(BREAKER)?.failures || 0) + 1;
  writeBreaker(failures % FAILURES, failures < FAILURES ? 0 : PAUSE_MS);
}

/**
 * The answer, or undefined where there is none in time. An answer that comes too late changes nothing on the page;
 * it goes to `onLate`, so that the skipped offers can be counted.
 * @param {object} request
 * @param {(answer: Answer) => void} onLate
 * @returns {Promise<Answer | undefined>}
 */
export async function decide(request, onLate) {
  let isLate = false;
  const patience = later(() => {
    isLate = true;
    countFailure();
  }, PATIENCE_MS);
  try {
    const { status, answer } = await post('/v1/decide', request, LATE_MS);
    if (status != 200 || !Array.isArray(answer.decisions)) throw new Error('/v1/decide ' + status);
    if (!isLate) {
      const pauseMs = answer.enabled === false ? (answer.ttl_s || 60) * 1000 : 0;
      writeBreaker(0, pauseMs);
      return pauseMs ? undefined : answer;
    }
    onLate(answer);
  } catch (error) {
    if (!isLate) countFailure();
    report(error);
  } finally {
    clearTimeout(patience);
  }
  return undefined;
}
