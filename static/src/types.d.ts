/** The words of the snippet's inside; what pages use is in `upsell.d.ts`. */

import type { Adapter, Content, Decision, PartReference } from './upsell.js';

export type * from './upsell.js';

export interface Answer {
  visitor_id?: string | null;
  ttl_s?: number;
  enabled?: boolean;
  /** How many more offers may be shown until the store's caps are reached. */
  offers_left?: number;
  /** The variants are forced by a preview link: nothing is logged and nothing remembered. */
  preview?: boolean;
  /** What the part of previews shows below the page. */
  bar?: PreviewBar;
  decisions: Decision[];
}

export interface PreviewBar {
  language: string;
  parts: PartReference[];
  /** The moment that is previewed; empty where the link shows nothing any more. */
  moment: string;
  title: string;
  note: string;
  groups: { label: string; choices: { label: string; token: string; is_chosen: boolean }[] }[];
  findings_label: string;
  findings: string[];
  /** Sentences for what only the page can know, by what is wrong there. */
  page_findings: Record<string, string>;
  leave_label: string;
  leave_token: string;
}

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

/** What a trigger tells the offer. */
export interface Stage {
  /** It counts as shown, in whichever variant. */
  fire: () => void;
  /** It may be seen in this slot: called again where another slot takes over. */
  place: (slot: HTMLElement) => void;
  /** Some of its slots may be below what is on screen: in control they need no room there. */
  release: () => void;
}

/** Watches a moment until the result is called. */
export type Trigger = (moment: string, stage: Stage) => () => void;

/** What a layout may ask of the offer that it shows. */
export interface Actions {
  accept: (quantity?: number, text?: string) => void;
  decline: () => void;
  openTerms: () => void;
  /** Called once an accepted offer was taken back: it is counted so, and can be accepted again. */
  release: () => void;
}

/** What a part draws inside any layout, between the copy and the price. */
export interface Section {
  draw: (content: Content, actions: Actions) => HTMLElement | undefined;
  /** What it takes the place of: `picture`, `goods`, `price`, `accept`. */
  hides: string;
}

/** Builds the widget's content; called with text and listeners, returns an element that is not yet in the page. */
export type Layout = (content: Content, actions: Actions, section?: Section) => Drawn;

export type Drawn = HTMLElement & {
  /** Of a layout that can take back: says what was done and shows that it is accepted; `undo` is the page's. */
  settle?: (decision: Decision, undo: Adapter) => void;
};

/**
 * A module that is fetched when a decision names it. It brings its own copy of whatever it uses, so that a part of one
 * release works with the core of another: between them there is only this, of which nothing may be renamed or removed.
 */
export interface Part {
  layouts?: Record<string, Layout>;
  /** By layout: what is drawn for it inside whichever layout there is. */
  sections?: Record<string, Section>;
  triggers?: Record<string, Trigger>;
  css?: string;
  drawing?: Drawing | Keeping | Previewing | Following | Asking;
}

/** Fetches parts; true where all of them are there in time. */
export type Arrive = (references?: PartReference[] | null) => Promise<boolean | undefined>;

/** What every offer is drawn with. */
export interface Drawing {
  createFrame: CreateFrame;
}

/** What the part for accepted offers brings. */
export interface Keeping {
  /** Shows an offer that was accepted on an earlier page, where it is still in the cart. */
  resume: (decision: Decision, cart: any, draw: (...widget: any[]) => any, arrive: Arrive) => void;
}

/** What the part of previews brings. */
export interface Previewing {
  /** `found` says which of the bar's page findings hold. */
  showBar: (bar: PreviewBar, found: Record<string, boolean>, nonce: string) => void;
}

/** What the part of sequences brings. */
export interface Following {
  /**
   * Put the second offer into the slot of the first; `onShow` is called once it is on screen. False where it was shown
   * before.
   */
  follow: (decision: Decision, widget: Shown, slot: HTMLElement, onShow: () => void) => boolean;
}

/** What the part that asks for reasons brings. */
export interface Asking {
  /** Ask why the offer that was in this slot was declined, where its content has the words for it. */
  decline?(this: Brought, decision: Decision, home: HTMLElement | undefined): void;
}

/** An offer that is drawn: the names that parts may use. */
export interface Shown {
  place: (slot: HTMLElement) => boolean;
  show: (slot: HTMLElement) => boolean;
}

/** What the parts that are there have brought, the page's nonce, and its ways of adding to the order and taking back. */
export interface Brought extends Partial<Drawing>, Partial<Keeping>, Partial<Previewing>, Partial<Following>, Partial<Asking> {
  layouts: Record<string, Layout>;
  sections: Record<string, Section>;
  triggers: Record<string, Trigger>;
  css: string;
  nonce: string;
  adapters: Record<string, any>;
  /** Queues an event of a decision; not there in cores before time in view was recorded. */
  log?: (type: string, decision: Decision, props?: Record<string, unknown>) => void;
}

/** Draws an offer, which is not yet in the page. */
export type CreateFrame = (content: Content, isInline: boolean, actions: Actions, brought: Brought) => Frame;

/** The widget as an element. */
export interface Frame {
  /** Put it into this slot, or over the page; true where it stands in the slot now. */
  place: (home: HTMLElement) => boolean;
  /** True where it really is on screen. */
  show: (home: HTMLElement, decision: Decision) => boolean;
  /** Leave; a keyboard user who was in an inline widget goes on from where it was. */
  close: () => void;
  /** What was said of the deadline is no longer true. */
  expire: () => void;
  /** Busy or not, and what went wrong. */
  say: (isBusy: boolean, text?: string) => void;
  /** Whether it stays once it is accepted: it can be taken back. */
  stays: () => unknown;
  /** Say what came of it. */
  confirm: (decision: Decision) => void;
}
