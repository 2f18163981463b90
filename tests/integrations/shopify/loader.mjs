/**
 * For `node --import`: what Shopify's own tools do when they bundle an extension. JSX is compiled, and packages are found
 * beside these tests, as the extensions are deployed from a folder that has them.
 */

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

import { transformSync } from 'esbuild';

const EXTENSIONS = '/integrations/shopify/extensions/';
const isPackage = (name) => !/^(\.|\/|node:|file:)/.test(name);

registerHooks({
  resolve(name, context, next) {
    const isOurs = context.parentURL?.includes(EXTENSIONS);
    return next(name, isOurs && isPackage(name) ? { ...context, parentURL: import.meta.url } : context);
  },
  load(url, context, next) {
    if (!url.endsWith('.jsx')) return next(url, context);
    const options = { loader: 'jsx', jsx: 'automatic', jsxImportSource: 'preact', format: 'esm' };
    const { code } = transformSync(readFileSync(new URL(url), 'utf8'), options);
    return { format: 'module', source: code, shortCircuit: true };
  },
});
