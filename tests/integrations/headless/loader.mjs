/** For `node --import`: packages are found beside these tests, as a shop's own project has them; TypeScript is stripped of types. */

import { registerHooks } from 'node:module';
import { transformSync } from 'esbuild';
import { readFileSync } from 'node:fs';

const OURS = '/integrations/';
const SERVER = new URL('../../../integrations/snippet/server.js', import.meta.url).href;
const REACT = new URL('../../../integrations/snippet/react.js', import.meta.url).href;
/** Medusa's workflow that adds to a cart, for a cart that is an object. */
const ADD = "export const addToCartWorkflow = () => ({ run: async ({ input }) => globalThis.medusaCart.items.push(...input.items) });";
const WORKFLOWS = '@medusajs/medusa/core-flows';
const isPackage = (name) => !/^(\.|\/|node:|file:)/.test(name);

registerHooks({
  resolve(name, context, next) {
    if (name == 'offerlift/server') return { url: SERVER, shortCircuit: true };
    if (name == WORKFLOWS) return { url: 'data:text/javascript,' + encodeURIComponent(ADD), shortCircuit: true };
    if (name == 'offerlift/react') return { url: REACT, shortCircuit: true };
    const isOurs = context.parentURL?.includes(OURS);
    if (isOurs && /^\..*offerlift$/.test(name)) return next(name + '.ts', context); // as Medusa's own build finds it
    return next(name, isOurs && isPackage(name) ? { ...context, parentURL: import.meta.url } : context);
  },
  load(url, context, next) {
    if (!/\.tsx?$/.test(url)) return next(url, context);
    const options = { loader: url.endsWith('x') ? 'tsx' : 'ts', jsx: 'automatic', format: 'esm' };
    return { format: 'module', source: transformSync(readFileSync(new URL(url), 'utf8'), options).code, shortCircuit: true };
  },
});
