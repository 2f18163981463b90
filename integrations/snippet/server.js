/** The edge for a shop's server: decide, events, accept, redeem, orders. Types are made from the edge's OpenAPI description. */

const ATTEMPTS = 3;
const LONGEST_PAUSE_S = 5;

/** What the edge refuses, by its code; `status` 0 where there was no answer in time. */
export class OfferliftError extends Error {
  /** @param {number} status @param {any} answer @param {unknown} [cause] */
  constructor(status, answer, cause) {
    const error = answer?.error ?? { code: 'no_answer', message: 'The edge did not answer in time.' };
    super(error.message, { cause });
    this.name = 'OfferliftError';
    this.status = status;
    this.code = error.code;
    this.field = error.field;
    this.details = error;
  }
}

export class Offerlift {
  /** @param {import('./server.js').ServerOptions} options */
  constructor({ edge, secretKey, timeoutMs = 5_000, decideTimeoutMs = 800 }) {
    this.edge = edge.replace(/\/+$/, '');
    this.secretKey = secretKey;
    this.timeoutMs = timeoutMs;
    this.decideTimeoutMs = decideTimeoutMs;
  }

  /** @param {object} body */
  decide(body) {
    return this.#call('/v1/decide', body, this.decideTimeoutMs);
  }

  /** @param {object} body */
  sendEvents(body) {
    return this.#insist('/v1/events', body);
  }

  /** @param {object} body */
  accept(body) {
    return this.#call('/v1/accept', body, this.timeoutMs);
  }

  /** @param {string} acceptance_token @param {string} [reference] */
  redeem(acceptance_token, reference) {
    const body = { acceptance_token, ...(reference && { reference }) };
    // without a reference, a repeated call whose first answer was lost would be refused as redeemed
    return reference ? this.#insist('/v1/acceptances/redeem', body) : this.#call('/v1/acceptances/redeem', body, this.timeoutMs);
  }

  /** @param {object} order */
  sendOrder(order) {
    return this.#insist('/v1/orders', order);
  }

  /** Call again while the edge has no time or doesn't answer: the same body twice changes nothing. @param {string} path @param {object} body */
  async #insist(path, body) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#call(path, body, this.timeoutMs);
      } catch (error) {
        const { status, retryAfterS = attempt } = /** @type {any} */ (error);
        if (attempt == ATTEMPTS || ![0, 429, 503].includes(status) || retryAfterS > LONGEST_PAUSE_S) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryAfterS * 1_000));
      }
    }
  }

  /** @param {string} path @param {object} body @param {number} timeoutMs */
  async #call(path, body, timeoutMs) {
    const response = await fetch(this.edge + path, {
      method: 'POST',
      headers: { Authorization: 'Bearer ' + this.secretKey, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause) => {
      throw new OfferliftError(0, null, cause);
    });
    const answer = await response.json().catch(() => null);
    if (response.ok && answer) return answer;
    const after = Number(response.headers.get('Retry-After')) || undefined;
    throw Object.assign(new OfferliftError(response.status, answer), { retryAfterS: after });
  }
}
