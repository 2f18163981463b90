/**
 * `node carts.mjs`: reads carts as JSON from its standard input, has the Function run on each by Shopify's published schema,
 * and writes what came of them.
 */

import { readFileSync } from 'node:fs';

import { run } from './function.mjs';
import { discountSchema, inputOf, outputErrors } from './schema.mjs';

const schema = discountSchema();
const results = [];
for (const cart of JSON.parse(readFileSync(0, 'utf8'))) {
  const input = await inputOf(schema, cart);
  const { output, verdicts } = run(input);
  results.push({ input, output, verdicts, errors: outputErrors(schema, output) });
}
process.stdout.write(JSON.stringify(results));
