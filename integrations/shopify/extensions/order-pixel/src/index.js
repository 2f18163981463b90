import { register } from '@shopify/web-pixels-extension';

import { start } from './order.js';

register(start);
