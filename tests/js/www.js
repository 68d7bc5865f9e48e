// The modules of the page, for tests in Node. On the site js/ is below the files of www/, where they import it.

import { register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository } from './package.js';

const folder = (path) => pathToFileURL(join(repository, path)).href;
const [page, site, scripts] = [folder('www/'), folder('www/js/'), folder('js/')];

register(`data:text/javascript,${encodeURIComponent(`
  export function resolve(specifier, { parentURL, ...context }, next) {
    const relative = /^\\.\\.?\\//.test(specifier) && parentURL.startsWith(${JSON.stringify(page)});
    const url = relative ? new URL(specifier, parentURL).href : specifier;
    return next(url.replace(${JSON.stringify(site)}, ${JSON.stringify(scripts)}), { parentURL, ...context });
  }
`)}`);

/** Imports a module of the page, by its path in www/. */
export const www = (name) => import(page + name);
