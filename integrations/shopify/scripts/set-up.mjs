/**
 * Once after the app is installed, and again whenever the store's secret key was replaced:
 *
 *   SHOP=tea.myshopify.com SHOPIFY_TOKEN=shpat_... OFFERLIFT_STORE=tea OFFERLIFT_SECRET_KEY=sk_... \
 *   OFFERLIFT_EDGE=https://offers.example OFFERLIFT_SITE_KEY=pk_... npm run set-up
 *
 * It makes the automatic discount that runs the Function, gives it what verifies acceptances, lets Shopify copy a cart's
 * tokens into its order, and turns the web pixel on. Run again, it changes what is there and makes nothing twice.
 *
 * `OFFERLIFT_PREVIOUS_SECRET_KEY`: the key before a replacement, so that offers accepted just before keep their price. Run it
 * again without this a week later, when the store forgets that key as well.
 *
 * The secret key itself never leaves this machine: what goes to Shopify verifies tokens, and can't call the edge.
 */

import { pathToFileURL } from 'node:url';

import { keyStates } from './sha256.mjs';

export const API_VERSION = '2026-07';
const TITLE = 'Accepted offers';
const NAMESPACE = '$app:offerlift';

export const FIND = `query Find {
  discountNodes(first: 50, query: "type:app") {
    nodes {
      id
      settings: metafield(namespace: "${NAMESPACE}", key: "settings") {
        id
      }
    }
  }
}`;

export const SET = `mutation Set($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) {
    userErrors {
      field
      message
    }
  }
}`;

export const CREATE = `mutation Create($discount: DiscountAutomaticAppInput!) {
  discountAutomaticAppCreate(automaticAppDiscount: $discount) {
    automaticAppDiscount {
      discountId
    }
    userErrors {
      field
      message
    }
  }
}`;

export const DEFINE = `mutation Define($definition: MetafieldDefinitionInput!) {
  metafieldDefinitionCreate(definition: $definition) {
    userErrors {
      code
      message
    }
  }
}`;

export const PIXEL = `query Pixel {
  webPixel {
    id
  }
}`;

export const CREATE_PIXEL = `mutation CreatePixel($pixel: WebPixelInput!) {
  webPixelCreate(webPixel: $pixel) {
    userErrors {
      field
      message
    }
  }
}`;

export const UPDATE_PIXEL = `mutation UpdatePixel($id: ID!, $pixel: WebPixelInput!) {
  webPixelUpdate(id: $id, webPixel: $pixel) {
    userErrors {
      field
      message
    }
  }
}`;

/** What the Function verifies with. @param {Record<string, string | undefined>} env */
export function settingsOf({ OFFERLIFT_STORE, OFFERLIFT_SECRET_KEY, OFFERLIFT_PREVIOUS_SECRET_KEY, MESSAGE }) {
  const keys = [OFFERLIFT_SECRET_KEY, OFFERLIFT_PREVIOUS_SECRET_KEY].filter(Boolean).map(keyStates);
  return { audience: OFFERLIFT_STORE, keys, message: MESSAGE || 'Your offer' };
}

/**
 * @param {Record<string, string | undefined>} env
 * @param {(query: string, variables?: object) => Promise<any>} admin answers a query of the Admin API
 */
export async function setUp(env, admin) {
  const value = JSON.stringify(settingsOf(env));
  const settings = { namespace: NAMESPACE, key: 'settings', type: 'json', value };
  await ensureDiscount(admin, settings);
  await ensureDefinition(admin);
  await ensurePixel(admin, { edge: env.OFFERLIFT_EDGE, siteKey: env.OFFERLIFT_SITE_KEY });
}

async function ensureDiscount(admin, settings) {
  const { discountNodes } = await admin(FIND);
  const found = discountNodes.nodes.find((node) => node.settings);
  if (found) {
    checked(await admin(SET, { metafields: [{ ...settings, ownerId: found.id }] }), 'metafieldsSet');
    return;
  }
  const discount = {
    title: TITLE,
    functionHandle: 'accepted-price',
    startsAt: new Date().toISOString(),
    discountClasses: ['PRODUCT'],
    combinesWith: { orderDiscounts: true, productDiscounts: true, shippingDiscounts: true },
    metafields: [settings],
  };
  checked(await admin(CREATE, { discount }), 'discountAutomaticAppCreate');
}

/** Shopify copies a cart's metafield to its order where the order has a definition of that name. */
async function ensureDefinition(admin) {
  const definition = {
    name: 'Accepted offers',
    namespace: NAMESPACE,
    key: 'acceptances',
    type: 'json',
    ownerType: 'ORDER',
    capabilities: { cartToOrderCopyable: { enabled: true } },
  };
  checked(await admin(DEFINE, { definition }), 'metafieldDefinitionCreate', ['TAKEN']);
}

async function ensurePixel(admin, values) {
  const pixel = { settings: JSON.stringify(values) };
  const found = await admin(PIXEL).catch(() => null); // Shopify answers with an error where there is none
  if (found?.webPixel) checked(await admin(UPDATE_PIXEL, { id: found.webPixel.id, pixel }), 'webPixelUpdate');
  else checked(await admin(CREATE_PIXEL, { pixel }), 'webPixelCreate');
}

/** Raises what Shopify says is wrong. @param {any} data @param {string} name @param {string[]} [expected] codes that are fine */
function checked(data, name, expected = []) {
  const errors = data[name].userErrors.filter(({ code }) => !expected.includes(code));
  if (errors.length) throw new Error(`${name}: ${errors.map(({ message }) => message).join(' ')}`);
}

/** @param {Record<string, string | undefined>} env */
function adminOf({ SHOP, SHOPIFY_TOKEN }) {
  const url = `https://${SHOP}/admin/api/${API_VERSION}/graphql.json`;
  const headers = { 'Content-Type': 'application/json', 'X-Shopify-Access-Token': SHOPIFY_TOKEN };
  return async (query, variables = {}) => {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    const answer = await response.json();
    if (!response.ok || answer.errors) throw new Error(`Shopify answered ${response.status}: ${JSON.stringify(answer.errors)}`);
    return answer.data;
  };
}

const NEEDED = ['SHOP', 'SHOPIFY_TOKEN', 'OFFERLIFT_STORE', 'OFFERLIFT_SECRET_KEY', 'OFFERLIFT_EDGE', 'OFFERLIFT_SITE_KEY'];

if (import.meta.url == pathToFileURL(process.argv[1] ?? '').href) {
  const missing = NEEDED.filter((name) => !process.env[name]);
  if (missing.length) {
    console.error('Set ' + missing.join(', ') + ' first.');
    process.exit(1);
  }
  await setUp(process.env, adminOf(process.env));
  console.log('The shop charges the price of accepted offers now.');
}
