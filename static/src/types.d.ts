/** The words of the edge API, version 1 (docs/http-api.md), as the snippet reads them. */

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
  price?: Money | null;
}

/** What a widget says; the server writes every text, the snippet only places it. */
export interface Content {
  layout: string;
  headline: string;
  body?: string;
  reason?: string;
  proof?: string;
  items?: Item[];
  price: Money;
  compare_at?: Money | null;
  saving_text?: string | null;
  terms_url?: string | null;
  accept_label: string;
  decline_label: string;
  direction?: string;
  theme?: Theme;
  messages?: Record<string, string>;
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
  reason?: string;
}

export interface Answer {
  visitor_id?: string | null;
  ttl_s?: number;
  enabled?: boolean;
  decisions: Decision[];
}

export interface Acceptance {
  acceptance_token: string;
  expires_at: string;
  currency: string;
  total_minor: number;
  lines: { sku: string; quantity: number; price_minor: number }[];
}

/** What the page says about itself: `upsell('page', {...})`. */
export interface PageInput {
  moments?: string[];
  cart?: object;
  visitor?: object;
  locale?: string;
  path?: string;
}

/** The store's own "add to order"; a rejection means that the order is unchanged. */
export type Adapter = (acceptance: Acceptance, decision: Decision) => unknown;

export interface History {
  shown_session: number;
  shown_today: number;
  declined_at: string | null;
  friction: string[];
}

export interface WidgetEvent {
  id: string;
  type: string;
  at: string;
  exposure_token: string;
  props: Record<string, unknown>;
}

/** Starts watching and calls `fire` at most once; the result stops watching. */
export type Trigger = (slot: HTMLElement | undefined, fire: () => void) => () => void;

/** What a layout may ask of the offer that it shows. */
export interface Actions {
  accept: () => void;
  decline: () => void;
  openTerms: () => void;
}

/** Builds the widget's content; called with text and listeners, returns an element that is not yet in the page. */
export type Layout = (content: Content, actions: Actions) => HTMLElement;
