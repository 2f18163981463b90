/**
 * A fake edge for integrators' tests: on 127.0.0.1, without a database. It serves the real snippet, gives everybody one
 * variant, signs what is accepted, and keeps what it was told.
 */

import { createHash, createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPTS = fileURLToPath(new URL('./scripts/', import.meta.url));
const PART = /^\/s\/(upsell_\w+)-[0-9a-f]+\.js$/;
const SCRIPT = /^\/s\/(\w+)\.js$/;
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const areObjects = (value) => Array.isArray(value) && value.every(isObject);
const isText = (value) => typeof value === 'string' && value !== '';
/** What every call of a path needs: the field, what it is, and what that is called. */
const REQUIRED = {
  '/v1/decide': [['moments', Array.isArray, 'a list']],
  '/v1/events': [['events', areObjects, 'a list of objects']],
  '/v1/accept': [['exposure_token', isText, 'text']],
  '/v1/acceptances/redeem': [['acceptance_token', isText, 'text']],
  '/v1/orders': [['external_id', isText, 'text'], ['lines', areObjects, 'a list of objects']],
  '/v1/convert': [['order', isObject, 'an object']],
};
const TRIGGERS = {
  cart: 'slot_visible',
  shipping: 'delivery_chosen',
  payment: 'payment_step',
  exit_intent: 'exit_intent',
  confirmation: 'order_placed',
};
const MOMENT_PARTS = { exit_intent: 'dialog', payment: 'checkout_steps', shipping: 'checkout_steps' };
const OWN_PARTS = ['bump', 'bundle', 'comparison', 'dialog', 'free_shipping', 'quantity_break'];
const MAX_BYTES = 500_000; // as the edge takes of an order
const LIFETIME_S = 1800;

const euros = (minor) => ({ minor, currency: 'EUR', text: `€${(minor / 100).toFixed(2)}` });

/** The offer that is shown where a test asks for no other. */
const OFFER = {
  layout: 'card',
  headline: 'Leather care balm, 75 ml',
  body: '',
  reason: 'Keeps the boots in your cart waterproof.',
  proof: '',
  items: [
    { sku: '23084', title: 'Leather care balm, 75 ml', quantity: 1, image_url: null, price: euros(990), compare_at: euros(1250) },
  ],
  price: euros(990),
  compare_at: euros(1250),
  saving_text: 'You save €2.60',
  deadline_at: null,
  deadline_text: '',
  stock: null,
  stock_text: '',
  terms_url: null,
  terms_label: '',
  accept_label: 'Add for €9.90',
  decline_label: 'No thanks',
  direction: 'ltr',
  theme: {},
  messages: {
    close: 'Close',
    added: 'Added to your order.',
    removed: 'Removed from your order.',
    total: 'Your new total is {total}.',
    not_removed: 'That did not work. It is still in your order.',
    failed: 'That did not work. Your order is unchanged.',
    out_of_stock: 'Sold out. Your order is unchanged.',
  },
};

/** @param {import('./fake-edge.js').FakeEdgeOptions & {scripts?: string}} options */
export async function startFakeEdge(options = {}) {
  const edge = new Edge(options);
  const server = createServer((request, response) => edge.serve(request, response));
  await new Promise((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    events: edge.events,
    orders: edge.orders,
    requests: edge.requests,
    refuse: (path, status, code) => edge.refusals.push({ path, status, code }),
    close: () => new Promise((resolve) => server.close(resolve) && server.closeAllConnections()),
  };
}

class Edge {
  constructor({ variant, moments, experiment, content, secretKey, store, scripts, arms, next }) {
    this.variant = variant ?? 'treatment';
    this.moments = moments ?? ['cart'];
    this.experiment = experiment ?? 'fake-test';
    this.content = { ...OFFER, ...content };
    this.secretKey = secretKey ?? 'sk_fake';
    this.store = store ?? 'shop';
    this.scripts = scripts ?? SCRIPTS;
    this.arms = arms;
    this.next = {};
    for (const [step, changes] of Object.entries(next ?? {})) this.next[step] = { ...OFFER, ...changes };
    this.events = [];
    this.orders = [];
    this.requests = [];
    this.refusals = [];
    this.redeemed = {};
    this.endpoints = {
      'POST /v1/decide': (body) => this.decide(body),
      'GET /v1/moments': () => ({ moments: this.moments, ttl_s: 60 }),
      'POST /v1/events': (body) => this.keepEvents(body),
      'POST /v1/accept': (body) => this.accept(body),
      'POST /v1/acceptances/redeem': (body) => this.redeem(body),
      'POST /v1/orders': (body) => this.keepOrder(body),
      'POST /v1/convert': (body) => this.keepClaim(body),
    };
  }

  async serve(request, response) {
    const path = request.url.split('?')[0];
    const script = PART.exec(path) || SCRIPT.exec(path);
    if (script) return this.sendScript(script[1], response);
    const body = await read(request);
    const [status, answer] = this.answer(request.method, path, body);
    response.writeHead(status, {
      'Content-Type': 'application/json',
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Headers': 'Content-Type',
      'Cache-Control': 'no-store',
    });
    response.end(JSON.stringify(answer));
  }

  sendScript(name, response) {
    try {
      const code = readFileSync(join(this.scripts, `${name}.js`));
      response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8', 'Access-Control-Allow-Origin': '*' });
      response.end(code);
    } catch {
      response.writeHead(404).end();
    }
  }

  answer(method, path, text) {
    if (method === 'OPTIONS') return [200, {}];
    const endpoint = this.endpoints[`${method} ${path}`];
    if (!endpoint) return refusal(404, 'not_found', `There is nothing at ${method} ${path}.`);
    let body;
    try {
      body = text ? JSON.parse(text) : {};
    } catch {
      return refusal(400, 'bad_json', 'The body is not JSON.');
    }
    this.requests.push({ method, path, body });
    const planned = this.refusals.findIndex((planned) => planned.path === path);
    if (planned >= 0) {
      const [{ status, code }] = this.refusals.splice(planned, 1);
      return refusal(status, code, 'Refused, as the test has asked.');
    }
    try {
      requireFields(path, body);
      return [200, endpoint(body)];
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return refusal(error.status, error.code, error.message);
    }
  }

  decide(body) {
    const visitorId = body.visitor_id || `v_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
    const decisions = body.moments.map((moment) => this.decision(moment, visitorId));
    return { visitor_id: visitorId, ttl_s: 300, enabled: true, offers_left: 2, decisions };
  }

  decision(moment, visitorId) {
    const nothing = { moment, experiment: null, variant: null, rollout: false, trigger: null, exposure_token: null, content: null };
    if (!this.moments.includes(moment)) return { ...nothing, reason: 'no_experiment' };
    const decision = {
      moment,
      experiment: this.experiment,
      variant: this.variant,
      rollout: false,
      trigger: moment in TRIGGERS ? { kind: TRIGGERS[moment] } : null,
      exposure_token: `fake.${moment}.${visitorId}`,
    };
    if (this.arms) {
      const page = { test: this.experiment, arm: this.variant, arms: this.arms };
      return { ...decision, content: null, page, parts: [] };
    }
    const content = this.variant === 'control' ? null : this.contentAt(moment);
    return { ...decision, content, parts: this.partsAt(moment) };
  }

  contentAt(moment) {
    if (moment === 'confirmation' && this.hasNext()) return { ...this.content, next: this.next };
    return moment === 'exit_intent' ? { ...this.content, layout: 'dialog' } : this.content;
  }

  hasNext() {
    return Object.keys(this.next).length > 0;
  }

  partsAt(moment) {
    const names = new Set(['card', MOMENT_PARTS[moment] ?? 'card']);
    const shown = this.contentAt(moment);
    for (const { layout } of [shown, ...Object.values(shown.next ?? {})]) if (OWN_PARTS.includes(layout)) names.add(layout);
    if (shown.next) names.add('sequence');
    return [...names].sort().map((name) => this.part(`upsell_${name}`));
  }

  part(name) {
    const code = readFileSync(join(this.scripts, `${name}.js`));
    const digest = createHash('sha256').update(code).digest('hex').slice(0, 16);
    return { name, digest, integrity: `sha384-${createHash('sha384').update(code).digest('base64')}` };
  }

  keepEvents({ events, visitor_id }) {
    for (const event of events) this.events.push({ ...event, visitor_id });
    return { accepted: events.length, duplicates: 0, rejected: [] };
  }

  /** A test order is understood, and never one of `orders`. */
  keepOrder(body) {
    const receipt = {
      order: body.external_id,
      created: !this.orders.some((order) => order.external_id === body.external_id),
      visitor_matched: !!body.visitor_id,
    };
    if (body.test || body.status === 'pending') receipt.counts = false;
    const rejected = body.lines.map((line, index) => ({ index, code: this.codeOfToken(line) })).filter(({ code }) => code);
    if (rejected.length) receipt.rejected = rejected;
    if (body.test) return { ...receipt, test: true, understood: this.understood(body) };
    this.orders.push(body);
    return receipt;
  }

  keepClaim(body) {
    this.orders.push(body);
    return { order: String(body.order.id), recorded: true };
  }

  /** What the edge would make of a test order. */
  understood(order) {
    const lines = order.lines.map((line) => this.understoodLine(line));
    const discount = order.discount_minor ?? lines.reduce((sum, line) => sum + line.discount_minor, 0);
    const reason = this.reasonNotToCount(order);
    return {
      status: order.status ?? 'paid',
      currency: order.currency ?? 'EUR',
      goods_minor: (order.subtotal_minor ?? 0) - discount,
      tax_minor: order.tax_minor ?? 0,
      shipping_minor: order.shipping_minor ?? 0,
      total_minor: order.total_minor ?? 0,
      visitor_id: order.visitor_id ?? '',
      customer_id: order.customer_id ?? '',
      lines,
      would_count: !reason,
      reason,
    };
  }

  /** A line of a test order. There is no catalog here, so every SKU is known. */
  understoodLine(line) {
    const rejected = this.codeOfToken(line);
    const isAccepted = line.acceptance_token && !rejected;
    return {
      sku: line.sku,
      quantity: line.quantity,
      price_minor: line.price_minor,
      discount_minor: line.discount_minor ?? 0,
      known: true,
      experiment: isAccepted ? this.verified(line.acceptance_token).experiment : '',
      rejected,
    };
  }

  /** Why a line's acceptance token doesn't count; empty where it does, and where there is none. */
  codeOfToken(line) {
    if (!line.acceptance_token) return '';
    try {
      this.verified(line.acceptance_token);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return error.code;
    }
    return '';
  }

  /** Why an order like this would count for no test; empty where it would. */
  reasonNotToCount(order) {
    const unpaid = { pending: 'unpaid', cancelled: 'cancelled' }[order.status];
    if (unpaid) return unpaid;
    if (order.repeat_kind) return order.repeat_kind;
    if (!order.visitor_id) return 'no_visitor';
    const isExposed = this.events.some((event) => event.type === 'exposure' && event.visitor_id === order.visitor_id);
    return isExposed ? '' : 'not_exposed';
  }

  accept({ visitor_id, quantity = 1, step }) {
    const offered = step ? this.next[step] : this.content;
    if (!offered) throw new Refused(400, 'bad_field', `Nothing was offered at the step '${step}'.`);
    const tier = offered.tiers?.find((tier) => tier.quantity === quantity);
    const price = tier ? tier.price : offered.price;
    const lines = offered.items.map((item) => acceptedLine(item, tier, quantity));
    const expires = Math.floor(Date.now() / 1000) + LIFETIME_S;
    const accepted = { currency: price.currency, total_minor: price.minor, quantity, lines };
    const claims = {
      iss: 'offerlift',
      aud: this.store,
      jti: randomUUID(),
      iat: expires - LIFETIME_S,
      exp: expires,
      sub: visitor_id,
      experiment: this.experiment,
      variant: this.variant,
      offer: 'fake-offer',
      ...accepted,
      ...(step ? { step } : {}),
    };
    const expires_at = new Date(expires * 1000).toISOString().replace('.000Z', 'Z');
    const parts = [this.part('upsell_kept')];
    return { acceptance_token: this.sign(claims), expires_at, decimals: 2, parts, ...accepted };
  }

  redeem({ acceptance_token, reference = '' }) {
    const claims = this.verified(acceptance_token);
    const before = this.redeemed[claims.jti];
    if (before !== undefined && (before !== reference || !reference)) {
      throw new Refused(409, 'already_redeemed', 'The acceptance has already been redeemed.');
    }
    this.redeemed[claims.jti] = reference;
    return claims;
  }

  /** A JSON Web Token, HS256 (RFC 7519). */
  sign(claims) {
    const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
    return `${signed}.${createHmac('sha256', this.secretKey).update(signed).digest('base64url')}`;
  }

  verified(token) {
    const [header, payload] = String(token).split('.');
    try {
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
      if (header && this.sign(claims) === token) return claims;
    } catch {
      // no token at all: refused below, as one with another signature
    }
    throw new Refused(401, 'bad_token', 'The token is not one of this edge.');
  }
}

class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Refuse a body without what every call of this path needs, as the real edge does. */
function requireFields(path, body) {
  if (!isObject(body)) throw new Refused(400, 'bad_field', 'The body must be an object.');
  for (const [field, isRight, kind] of REQUIRED[path] ?? []) {
    if (!isRight(body[field])) throw new Refused(400, 'bad_field', `${field} must be ${kind}.`);
  }
}

function acceptedLine(item, tier, quantity) {
  if (tier) return { sku: item.sku, quantity, price_minor: tier.price.minor / quantity };
  return { sku: item.sku, quantity: item.quantity, price_minor: item.price.minor / item.quantity };
}

function encoded(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function refusal(status, code, message) {
  return [status, { error: { code, message } }];
}

async function read(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= MAX_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
