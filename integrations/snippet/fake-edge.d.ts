import type { Content, Decision } from './upsell.js';

export interface FakeEdgeOptions {
  /** The variant that everybody gets; `control` shows nothing, and is exposed all the same. `treatment` by default. */
  variant?: string;
  /** The moments at which the test runs. `['cart']` by default. */
  moments?: string[];
  experiment?: string;
  /** What to change in the offer that is shown. */
  content?: Partial<Content>;
  /** Signs acceptances, so that your server can verify them as it does in production. */
  secretKey?: string;
  /** The store's slug: the tokens' audience. `shop` by default. */
  store?: string;
  /** All variants of a test in which the page shows them itself: decisions have `page`, and nothing is shown. */
  arms?: string[];
  /** The second offers of a sequence, at the moment of confirmation: what to change in the usual offer, by the answer. */
  next?: { accepted?: Partial<Content>; declined?: Partial<Content> };
  /** The port to listen on, 127.0.0.1 alone; any free one by default. */
  port?: number;
}

export interface FakeEdge {
  url: string;
  /** What the snippet has reported, in the order in which it arrived. */
  events: Record<string, any>[];
  /** Bodies of `POST /v1/orders` and `/v1/convert`; test orders are in `requests` alone. */
  orders: Record<string, any>[];
  /** Every request to `/v1/`: `{method, path, body}`. */
  requests: { method: string; path: string; body: any }[];
  /** The next call of this path is refused: `refuse('/v1/accept', 409, 'out_of_stock')`. */
  refuse(path: string, status: number, code: string): void;
  close(): Promise<void>;
}

export function startFakeEdge(options?: FakeEdgeOptions): Promise<FakeEdge>;
export type { Decision };
