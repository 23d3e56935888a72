// `npm run docs`: writes docs/vendors.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vendorPage } from './vendor-page.js';

writeFileSync(join(import.meta.dirname, 'vendors.md'), vendorPage());
