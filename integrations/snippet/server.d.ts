import type { components } from './edge-api.js';

type Schemas = components['schemas'];
export type DecideBody = Schemas['DecideBody'];
export type Decisions = Schemas['PreviewAnswer'];
export type AcceptBody = Schemas['AcceptBody'];
export type Acceptance = Schemas['AcceptAnswer'];
export type EventBody = Schemas['EventBody'];
export type EventsBody = Schemas['EventsBody'];
export type EventsReceipt = Schemas['EventsReceipt'];
export type Claims = Schemas['RedeemAnswer'];
export type OrderLine = Schemas['OrderLineBody'];
export type Refund = Schemas['OrderRefund'];
export type Order = Schemas['OrderBody'];
export type OrderReceipt = Schemas['OrderReceipt'];

export interface ServerOptions {
  /** The edge's address, such as `https://offers.example`. */
  edge: string;
  /** The store's secret key (`sk_...`): never in a page or an app. */
  secretKey: string;
  /** How long to wait for an answer, 5,000 ms by default. */
  timeoutMs?: number;
  /** How long a page may wait for a decision, 800 ms by default. */
  decideTimeoutMs?: number;
}

/** What the edge refuses: `code` as in docs/http-api.md, `field` of a value that isn't valid; `status` 0 without an answer. */
export class OfferliftError extends Error {
  status: number;
  code: string;
  field?: string;
  details: Record<string, unknown>;
}

export class Offerlift {
  constructor(options: ServerOptions);
  /** What to show a visitor now. Not repeated: show your page without an offer where it raises. */
  decide(body: DecideBody): Promise<Decisions>;
  /** Report what a page or an app has shown. Repeated where the edge has no time: events count once, by their ID. */
  sendEvents(body: EventsBody): Promise<EventsReceipt>;
  /** Accept an offer for a visitor, at the price that was shown; with the same key again, the same acceptance. */
  accept(body: AcceptBody): Promise<Acceptance>;
  /** What an acceptance is worth, and use it up. With a `reference`, such as the cart's ID, it may be repeated. */
  redeem(acceptanceToken: string, reference?: string): Promise<Claims>;
  /** Send an order as it is now, again whenever it changes. Repeated where the edge has no time. */
  sendOrder(order: Order): Promise<OrderReceipt>;
}
