/** What a page uses of the snippet: its commands, and the words of the edge API, version 1 (docs/http-api.md). */

/**
 * `window.upsell`: all that a page, or an adapter, can ask for. An adapter is a script of its own that the page includes
 * beside the snippet; it needs nothing of the snippet's inside:
 *
 * - it calls `upsell(...)`; where the snippet has not loaded yet, the page's stub keeps the call in `upsell.q`, so the
 *   order of the two scripts doesn't matter. The commands are safe to call at any time, and never throw;
 * - it reads its own settings from `document.currentScript.dataset`;
 * - it hears what happens from the DOM events `upsell:<type>` on `document` (`Told`), and from `upsell('replay', callback)`
 *   of those before it listened. Register the listeners first, then call `replay`: nothing is missed and nothing comes
 *   twice.
 */
export interface Upsell {
  (name: 'page', page?: PageInput): void;
  /** The store's own "add to order"; the last one that was set is used. */
  (name: 'accept', adapter: Adapter): void;
  /** Takes an accepted offer out of the order again. Without it, what is accepted can't be taken back in the widget. */
  (name: 'undo', adapter: Adapter): void;
  /** What the shopper said to the consent manager; may be called as often as it changes. */
  (name: 'consent', isGiven: boolean): void;
  /** Calls back once with the visitor id, as soon as there is consent: to write it where the order will carry it. */
  (name: 'visitor', callback: (id: string) => void): void;
  /** Takes back what is on screen and keeps silent for the session. */
  /** Something that the page shows itself, as an arm of a test at this moment, was taken. */
  (name: 'taken', moment: string): void;
  (name: 'friction', kind: 'payment_error' | 'support' | 'return'): void;
  /** Calls back at once with each event of this page so far, oldest first. */
  (name: 'replay', callback: (event: CustomEvent<Told>) => void): void;
  /** A delivery option was chosen. */
  (name: 'delivery'): void;
  /** A payment method was chosen. */
  (name: 'payment'): void;
  /** The order is placed: asks only for the moment `confirmation`. */
  (name: 'order', page?: PageInput): void;
  /** Says whose an order is, from the confirmation page; sent until the edge has it. */
  (name: 'convert', order: PlacedOrder): void;
  /** The older name of `replay`. */
  (name: 'told', callback: (event: CustomEvent<Told>) => void): void;
  q?: ArrayLike<unknown>[];
  isLoaded?: boolean;
}

/** `event.detail` of `upsell:exposure` (both variants), `impression`, `click`, `decline`, `accept`, `accept_failed`, `view`. */
export interface Told extends Decision {
  /**
   * `{target: 'accept' | 'terms'}` of a click, `{reason}` of `accept_failed` and `skipped`, `{ms}` of a view, `{step}` of
   * the second offer of a sequence.
   */
  props?: Record<string, unknown>;
  /** Of `upsell:accept` alone, which comes before the adapter is called; `preventDefault()` takes the adapter's place. */
  acceptance?: Acceptance;
}

export interface Money {
  minor: number;
  currency: string;
  text: string;
}

export interface Item {
  sku: string;
  title: string;
  quantity: number;
  image_url?: string | null;
  /** What all units of it cost within the offer, and without it where that is more. */
  price?: Money | null;
  compare_at?: Money | null;
}

/** A quantity that can be accepted by itself. */
export interface Tier {
  quantity: number;
  price: Money;
  unit_price_text?: string;
  saving_text?: string;
  accept_label: string;
  /** What is said once it is accepted, instead of `messages.added`. */
  added_text?: string;
}

/**
 * What a widget says; the server writes every text, the snippet only places it. `layout` is `card`, `line`, `bump`,
 * `bundle`, `comparison`, `quantity_break`, `free_shipping` or `dialog`; what else the content has is shown in any layout.
 */
export interface Content {
  layout: string;
  headline: string;
  body?: string;
  reason?: string;
  proof?: string;
  stock_text?: string;
  deadline_at?: string | null;
  deadline_text?: string;
  items: Item[];
  price: Money;
  compare_at?: Money | null;
  saving_text?: string | null;
  comparison?: { columns: string[]; rows: { label: string; values: string[] }[] };
  tiers?: Tier[];
  progress?: { share: number; text: string };
  terms_url?: string | null;
  terms_label?: string;
  accept_label: string;
  decline_label: string;
  direction?: string;
  theme?: Theme;
  /**
   * The product's own words: `close`, `added`, `removed`, `total` (with a place for it, `{total}`), `not_removed`,
   * `failed`, and what is said instead of `failed`, by error code.
   */
  messages: Record<string, string>;
  preview_text?: string;
  terms_text?: string;
  /** What comes once this offer was answered: of a test of sequences, at the moment of confirmation. */
  next?: { accepted?: Content; declined?: Content };
  /** What is asked once it was declined, where the store asks why. */
  reasons?: { headline: string; choices: Record<string, string>; skip: string; thanks: string };
  /** Of the store's question, which is no offer: its answers, and the token by which one is sent. */
  question?: { choices: { tag: string; text: string }[]; token: string };
}

/** Settings of the widget's look: `scheme`, `font: "inherit"`, and the custom properties of widget.css. */
export type Theme = Record<string, string>;

export interface TriggerSettings {
  kind: string;
}

export interface Decision {
  moment: string;
  experiment: string | null;
  variant: string | null;
  rollout?: boolean;
  trigger: TriggerSettings | null;
  exposure_token: string | null;
  content: Content | null;
  /** What any variant of the experiment needs, so that loading is the same in each of them. */
  parts?: PartReference[];
  /** Of an offer that the shopper has accepted: kept for the pages that follow. */
  accepted?: Accepted;
  reason?: string;
  /** Of a test in which the page shows an arm itself: which arm this visitor sees, and which there are. */
  page?: PageArms;
  /** Of the second offer of a sequence: the answer to the first, after which it comes. */
  step?: 'accepted' | 'declined';
}

/** What the page is told of its own arms: `upsell:variant` says `{moment, experiment, variant}` of it. */
export interface PageArms {
  test: string;
  arm: string;
  arms: string[];
}

export interface Acceptance {
  acceptance_token: string;
  expires_at: string;
  currency: string;
  /** Of the currency: what a minor unit is. */
  decimals?: number;
  total_minor: number;
  /** How many times the offer was accepted. */
  quantity?: number;
  lines: (Reference & { quantity: number; price_minor: number })[];
  /** What an upgrade takes the place of in the cart. */
  replaces?: Reference;
  /** What the snippet needs to show it again on the page after this one. */
  parts?: PartReference[];
}

/** A product: `external_id` is the shop system's own, such as a Shopify variant's. */
export interface Reference {
  sku: string;
  external_id?: string;
}

/** What the page says about itself: `upsell('page', {...})`. */
export interface PageInput {
  moments?: string[];
  cart?: Cart;
  visitor?: VisitorInput;
  locale?: string;
  path?: string;
  /** Reports can be cut by it: home, category, product, search, cart, checkout, confirmation, account, content, landing. */
  page_type?: string;
  /** Whether the shopper is logged in; leave it out where the page doesn't know. */
  logged_in?: boolean;
}

/** The shopper's cart; amounts are integers in minor units (cents). */
export interface Cart {
  currency: string;
  total_minor: number;
  items?: { sku?: string; quantity?: number; price_minor?: number; category?: string | null }[];
}

/** What the store knows of the shopper, for targeting. */
export interface VisitorInput {
  customer_id?: string | number | null;
  customer_type?: string | null;
  orders?: number | null;
  country?: string | null;
  tags?: string[];
  owned?: string[];
}

/** An order, as the confirmation page knows it. */
export interface PlacedOrder {
  id: string | number;
  currency: string;
  total_minor: number;
  lines?: { sku: string; quantity: number; price_minor: number }[];
  acceptance_tokens?: string[];
}

/**
 * The store's own "add to order", or how it takes that back; a rejection means that the order is unchanged. A text in
 * the error's `code`, such as `out_of_stock` or `price_changed`, chooses what the shopper is told. To take back, it gets
 * what adding has resolved to.
 */
export type Adapter = (acceptance: Acceptance, decision: Decision, added?: any) => unknown;

/** An accepted offer, and what the page's adapter has resolved to: `total_text` is what the order comes to now. */
export interface Accepted {
  acceptance?: Acceptance;
  added?: any;
  /** What was said of it, and when, in milliseconds. */
  text?: string;
  at?: number;
}

/** Where a part is: a script beside the snippet's own, of this digest and integrity. */
export interface PartReference {
  name: string;
  digest: string;
  integrity: string;
}
