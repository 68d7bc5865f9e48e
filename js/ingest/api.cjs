/**
 * The API of `vpcflow-ecs/ingest` in Node as an import gets it. For a CommonJS file that is imported, Node searches the text for the names of its
 * exports, which takes longer than to run it. It does not search the files that this one requires.
 *
 * @module
 */

const api = require('../../pkg/ingest.cjs');

module.exports = api;
