/** Shopify's published schema of discount Functions: what a cart looks like by our query, and whether an output is one. */

import { readFileSync, readdirSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { buildClientSchema, coerceInputValue, execute, parse, validate } from 'graphql';



import { API_VERSION } from '../../../integrations/shopify/scripts/set-up.mjs';

const FOLDER = new URL('../../../integrations/shopify/extensions/accepted-price/', import.meta.url);
const QUERY = parse(readFileSync(new URL('src/cart_lines_discounts_generate_run.graphql', FOLDER), 'utf8'));

const PACKAGES = new URL('./node_modules/', import.meta.url);

/** A schema as Shopify publishes it, of a version of its API: what `tools/shopify.sh` has fetched. @param {string} name */
function published(name) {
  const folder = readdirSync(PACKAGES).find((entry) => entry.startsWith('.schemas-'));
  const { data } = JSON.parse(gunzipSync(readFileSync(new URL(`${folder}/${name}.json.gz`, PACKAGES))));
  return buildClientSchema(data);
}

/** The Admin API of the version that the set-up script calls. */
export const adminSchema = () => published('admin_' + API_VERSION);

/** The schema of the version that the extension asks for. */
export function discountSchema() {
  const toml = readFileSync(new URL('shopify.extension.toml', FOLDER), 'utf8');
  const [, version] = /^api_version = "(.+)"$/m.exec(toml);
  const schema = published(`functions_discount_${version}`);
  const errors = validate(schema, QUERY);
  if (errors.length) throw new Error(errors.join('\n'));
  return schema;
}

/** What the Function is given of a cart: our query's answer by the schema, which refuses what no cart can be. */
export async function inputOf(schema, cart) {
  const answer = await execute({ schema, document: QUERY, rootValue: rootOf(cart) });
  if (answer.errors) throw new Error(answer.errors.join('\n'));
  return JSON.parse(JSON.stringify(answer.data));
}

/** A cart in resolvers of the schema's names. */
function rootOf({ attributes, metafield, lines, settings, date, classes = ['PRODUCT'] }) {
  return {
    cart: { attribute: attributeOf(attributes), metafield: metafieldOf('acceptances', metafield), lines: lines.map(lineOf) },
    discount: { discountClasses: classes, metafield: metafieldOf('settings', settings) },
    shop: { localTime: { date } },
  };
}

const attributeOf = (values) => ({ key }) => (values[key] === undefined ? null : { key, value: values[key] });

const metafieldOf = (name, value) => ({ namespace, key }) => {
  if (value === undefined || value === null || namespace != '$app:offerlift' || key != name) return null;
  return { jsonValue: value, type: 'json', value: JSON.stringify(value) };
};

function lineOf({ id, quantity, attributes, price, currency, variant }) {
  const merchandise = variant
    ? {
        __typename: 'ProductVariant',
        id: `gid://shopify/ProductVariant/${variant.id}`,
        sku: variant.sku || null,
        product: { id: `gid://shopify/Product/${variant.product}` },
      }
    : { __typename: 'CustomProduct', title: 'Engraving' };
  const cost = { amountPerQuantity: { amount: price, currencyCode: currency } };
  return { id, quantity, attribute: attributeOf(attributes), merchandise, cost };
}

/** Why the schema wouldn't take what the Function answers; empty where it does. */
export function outputErrors(schema, output) {
  const errors = [];
  const type = schema.getType('CartLinesDiscountsGenerateRunResult');
  coerceInputValue(output, type, (path, _, error) => errors.push(`${path.join('.')}: ${error.message}`));
  return errors;
}
