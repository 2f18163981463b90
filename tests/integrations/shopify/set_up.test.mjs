/** The set-up script's calls against Shopify's published schema of the Admin API, and what it does the second time. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { coerceInputValue, parse, typeFromAST, validate } from 'graphql';

import { adminSchema } from './schema.mjs';
import { keyStates } from '../../../integrations/shopify/scripts/sha256.mjs';
import { setUp, settingsOf } from '../../../integrations/shopify/scripts/set-up.mjs';

const ENV = {
  OFFERLIFT_STORE: 'tea', OFFERLIFT_SECRET_KEY: 'sk_current', OFFERLIFT_EDGE: 'https://offers.example', OFFERLIFT_SITE_KEY: 'pk_tea',
};
const schema = adminSchema();

/** A shop that answers, and refuses what the published schema doesn't have. */
function shop() {
  const made = { discounts: [], pixel: null, definition: false, calls: [] };
  const done = (value) => ({ userErrors: [], ...value });
  const answers = {
    Find: () => ({ discountNodes: { nodes: made.discounts } }),
    Create: ({ discount }) => {
      made.discounts.push({ id: 'gid://shopify/DiscountAutomaticNode/1', settings: { id: 'gid://shopify/Metafield/1' }, value: discount.metafields[0].value });
      return { discountAutomaticAppCreate: done() };
    },
    Set: ({ metafields: [{ ownerId, value }] }) => {
      made.discounts.find(({ id }) => id == ownerId).value = value;
      return { metafieldsSet: done() };
    },
    Define: () => {
      const taken = made.definition ? [{ code: 'TAKEN', message: 'Key is in use' }] : [];
      made.definition = true;
      return { metafieldDefinitionCreate: { userErrors: taken } };
    },
    Pixel: () => {
      if (!made.pixel) throw new Error('No web pixel was found for this app.');
      return { webPixel: { id: 'gid://shopify/WebPixel/1' } };
    },
    CreatePixel: ({ pixel }) => ((made.pixel = pixel), { webPixelCreate: done() }),
    UpdatePixel: ({ pixel }) => ((made.pixel = pixel), { webPixelUpdate: done() }),
  };
  const admin = async (query, variables = {}) => {
    const document = parse(query);
    assert.deepEqual(validate(schema, document), []);
    const [{ name, variableDefinitions }] = document.definitions;
    for (const { variable, type } of variableDefinitions) {
      const fail = (path, _, error) => assert.fail(`${path.join('.')}: ${error.message}`);
      coerceInputValue(variables[variable.name.value], typeFromAST(schema, type), fail);
    }
    made.calls.push(name.value);
    return answers[name.value](variables);
  };
  return { made, admin };
}

test('makes discount, definition and pixel once, and changes them the next time', async () => {
  const { made, admin } = shop();
  await setUp(ENV, admin);
  await setUp({ ...ENV, OFFERLIFT_SECRET_KEY: 'sk_next', OFFERLIFT_PREVIOUS_SECRET_KEY: 'sk_current' }, admin);
  assert.deepEqual(made.calls, ['Find', 'Create', 'Define', 'Pixel', 'CreatePixel', 'Find', 'Set', 'Define', 'Pixel', 'UpdatePixel']);
  const { audience, keys } = JSON.parse(made.discounts[0].value);
  assert.deepEqual([audience, keys], ['tea', [keyStates('sk_next'), keyStates('sk_current')]]);
  assert.deepEqual(JSON.parse(made.pixel.settings), { edge: 'https://offers.example', siteKey: 'pk_tea' });
});

test('says what Shopify refuses', async () => {
  const { admin } = shop();
  const refusing = async (query, variables) => {
    const answer = await admin(query, variables);
    if (answer.discountAutomaticAppCreate) answer.discountAutomaticAppCreate.userErrors = [{ message: 'Function not found' }];
    return answer;
  };
  await assert.rejects(setUp(ENV, refusing), /discountAutomaticAppCreate: Function not found/);
});

test('settings hold no key', () => {
  assert.equal(JSON.stringify(settingsOf(ENV)).includes('sk_'), false);
});
