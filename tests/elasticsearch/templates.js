// Our templates on a server, under names of the tests' own: a cluster of the user's may have the usual ones.

import assert from 'node:assert/strict';
import { importIngest } from '../js/package.js';
import { request } from './server.mjs';

const { componentTemplates, indexTemplate } = await importIngest();
const acknowledged = { acknowledged: true };

/**
 * Returns the templates of a namespace, to be put to a server and to be removed from it.
 *
 * @param {{ url: string, name: string }} server
 * @param {string} namespace
 */
export function templatesOf(server, namespace) {
  const ask = (method, path, body) => request(server.url, method, path, body);
  const own = (name) => `${namespace}-${name}`;
  const components = Object.entries(componentTemplates()).map(([name, template]) => [own(name), template]);
  const template = indexTemplate({ namespace });
  const name = own('template');
  const dataStream = `logs-aws.vpcflow-${namespace}`;
  return {
    name,
    dataStream,
    async put() {
      for (const [component, content] of components) {
        assert.deepStrictEqual(await ask('PUT', `/_component_template/${component}`, adapted(server, content)), acknowledged, component);
      }
      const composed = { ...template, composed_of: template.composed_of.map(own) };
      assert.deepStrictEqual(await ask('PUT', `/_index_template/${name}`, composed), acknowledged);
    },
    async remove() {
      await ask('DELETE', `/_data_stream/${dataStream}`);
      await ask('DELETE', `/_index_template/${name}`);
      for (const [component] of components) await ask('DELETE', `/_component_template/${component}`);
    },
  };
}

/**
 * Returns a template as this server knows it. OpenSearch has no `constant_keyword` whose value is that of the first document,
 * and its own name for `flattened`.
 */
function adapted(server, component) {
  if (!server.name.startsWith('opensearch')) return component;
  const text = JSON.stringify(component)
    .replaceAll('{"type":"constant_keyword"}', '{"type":"keyword"}')
    .replaceAll('"type":"flattened"', '"type":"flat_object"');
  return JSON.parse(text);
}
