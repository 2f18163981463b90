/** Calls of the edge, by the snippet's rules: a decision in time or none, events until they are answered. */

const DECIDE_MS = 800;
const ACCEPT_MS = 4000;
const EVENT_MS = 4000;
const ATTEMPTS = 3;

/**
 * The answer; `status` 0 where there was none in time, so that the checkout goes on.
 * @param {string} url
 * @param {object} body
 * @param {number} timeout
 * @returns {Promise<{status: number, body: any}>}
 */
async function call(url, body, timeout) {
  try {
    const signal = AbortSignal.timeout(timeout);
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), signal });
    return { status: response.status, body: await response.json() };
  } catch {
    return { status: 0, body: null };
  }
}

/** A store's edge, for one visitor. */
export class Edge {
  /** @param {{edge: string, key: string, visitor: string}} of */
  constructor({ edge, key, visitor }) {
    this.url = edge.replace(/\/$/, '') + '/v1/';
    this.as = { key, visitor_id: visitor };
  }

  /**
   * The decision for a moment; null without an answer in time.
   * @param {string} moment
   * @param {object} context cart, locale, history and what else is known
   */
  async decide(moment, context) {
    const body = { ...this.as, moments: [moment], consent: { measurement: true }, ...context };
    const answer = await call(this.url + 'decide', body, DECIDE_MS);
    return answer.body?.decisions?.[0] ?? null;
  }

  /**
   * Report what happened. The same again, after an attempt that nobody answered, counts once: by the event's ID.
   * @param {any} decision
   * @param {string} type
   * @param {object} [props]
   */
  async report({ exposure_token }, type, props = {}) {
    const now = new Date().toISOString();
    const event = { id: crypto.randomUUID(), type, at: now, exposure_token, props };
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const sent_at = new Date().toISOString();
      const { status } = await call(this.url + 'events', { ...this.as, sent_at, events: [event] }, EVENT_MS);
      if (status && status != 429 && status < 500) return;
    }
  }

  /**
   * What was accepted, at the price that the server has signed; else why not, by its code.
   * @param {any} decision
   * @param {string} idempotency_key
   * @param {string} locale
   * @returns {Promise<{acceptance?: any, reason?: string}>}
   */
  async accept({ exposure_token }, idempotency_key, locale) {
    const body = { ...this.as, exposure_token, idempotency_key, locale };
    const answer = await call(this.url + 'accept', body, ACCEPT_MS);
    if (answer.status == 200) return { acceptance: answer.body };
    return { reason: answer.body?.error?.code ?? 'failed' };
  }
}
