/** The store's edge, and a Medusa order in its words. */

import { Offerlift, type Order, type OrderLine, type Refund } from 'offerlift/server';

export const offerlift = new Offerlift({
  edge: process.env.OFFERLIFT_EDGE ?? '',
  secretKey: process.env.OFFERLIFT_SECRET_KEY ?? '',
});

/** What `query.graph` has to ask for, so that an order can be sent. */
export const ORDER_FIELDS = [
  'id', 'status', 'currency_code', 'created_at', 'updated_at', 'canceled_at', 'email', 'customer_id', 'metadata',
  'item_subtotal', 'item_discount_total', 'item_tax_total', 'shipping_subtotal', 'tax_total', 'total',
  'items.*', 'items.detail.*', 'payment_collections.status', 'payment_collections.payments.captured_at',
  'payment_collections.payments.refunds.*',
] as const;

type Decimal = number | string | object | null | undefined;
type Metadata = Record<string, unknown> | null | undefined;

export interface MedusaItem {
  variant_sku?: string | null;
  variant_id?: string | null;
  quantity: Decimal;
  subtotal: Decimal;
  discount_subtotal?: Decimal;
  metadata?: Metadata;
}

export interface MedusaRefund {
  id: string;
  amount: Decimal;
  created_at: string | Date;
}

export interface MedusaOrder {
  id: string;
  status: string;
  currency_code: string;
  created_at: string | Date;
  updated_at: string | Date;
  canceled_at?: string | Date | null;
  email?: string | null;
  customer_id?: string | null;
  metadata?: Metadata;
  tax_total: Decimal;
  shipping_subtotal: Decimal;
  total: Decimal;
  items?: (MedusaItem | null)[] | null;
  payment_collections?: ({ status?: string; payments?: ({ captured_at?: unknown; refunds?: (MedusaRefund | null)[] | null } | null)[] | null } | null)[] | null;
}

/** Medusa's amounts are decimal, and may be objects of its own. */
function numberOf(amount: Decimal): number {
  if (amount === null || typeof amount != 'object') return Number(amount ?? 0);
  const { numeric, value } = amount as { numeric?: unknown; value?: unknown };
  return Number(numeric ?? value ?? amount);
}

/** How many minor units a currency's unit has, by ISO 4217. */
function unitsOf(currency: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return 10 ** maximumFractionDigits;
}

const isoOf = (time: string | Date) => new Date(time).toISOString();
const textOf = (metadata: Metadata, name: string) => (typeof metadata?.[name] == 'string' ? (metadata[name] as string) : undefined);

/** The order as it is now: goods without tax, after discounts, in minor units. */
export function orderOf(order: MedusaOrder): Order {
  const units = unitsOf(order.currency_code);
  const minor = (amount: Decimal) => Math.round(numberOf(amount) * units);
  const lines = (order.items ?? []).flatMap((item) => (item ? linesOf(item, minor) : []));
  const refunds = (order.payment_collections ?? []).flatMap((collection) =>
    (collection?.payments ?? []).flatMap((payment) => (payment?.refunds ?? []).flatMap((refund) => (refund ? [refundOf(refund, minor)] : []))),
  );
  const newest = [order.updated_at, ...refunds.map(({ at }) => at)].map(isoOf).sort().at(-1)!;
  return {
    external_id: order.id,
    visitor_id: textOf(order.metadata, 'offerlift_visitor') ?? null,
    customer_id: order.customer_id ?? null,
    ...(order.email && { email: order.email }),
    placed_at: isoOf(order.created_at),
    updated_at: newest,
    currency: order.currency_code.toUpperCase(),
    status: statusOf(order),
    subtotal_minor: lines.reduce((sum, line) => sum + line.price_minor * line.quantity, 0),
    discount_minor: lines.reduce((sum, line) => sum + (line.discount_minor ?? 0), 0),
    tax_minor: minor(order.tax_total),
    shipping_minor: minor(order.shipping_subtotal),
    total_minor: minor(order.total),
    lines,
    refunds,
  };
}

/** A line of the cart; two where its total can't be shared out among its units, so that the sum is exact. */
function linesOf(item: MedusaItem, minor: (amount: Decimal) => number): OrderLine[] {
  const quantity = numberOf(item.quantity);
  const before = minor(item.subtotal);
  const discount = minor(item.discount_subtotal);
  const acceptance_token = textOf(item.metadata, 'offerlift_acceptance');
  const price_minor = Math.floor(before / quantity);
  const dearer = before - price_minor * quantity;
  const named = { sku: item.variant_sku || item.variant_id || '', ...(item.variant_id && { external_id: item.variant_id }), ...(acceptance_token && { acceptance_token }) };
  const lines = [{ ...named, quantity: quantity - dearer, price_minor, discount_minor: discount }];
  if (dearer) lines.push({ ...named, quantity: dearer, price_minor: price_minor + 1, discount_minor: 0 });
  return lines.filter((line) => line.quantity > 0);
}

const refundOf = ({ id, amount, created_at }: MedusaRefund, minor: (amount: Decimal) => number): Refund => ({
  external_id: id,
  amount_minor: minor(amount),
  at: isoOf(created_at),
});

/** Captured money is paid; authorized money will be. */
function statusOf({ status, canceled_at, payment_collections }: MedusaOrder): 'paid' | 'on_hold' | 'pending' | 'cancelled' {
  if (status == 'canceled' || canceled_at) return 'cancelled';
  const states = (payment_collections ?? []).map((collection) => collection?.status);
  const isCaptured = (payment_collections ?? []).some((collection) => collection?.payments?.some((payment) => payment?.captured_at));
  if (isCaptured || states.includes('completed')) return 'paid';
  return states.includes('authorized') || states.includes('partially_authorized') ? 'on_hold' : 'pending';
}
