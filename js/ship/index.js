/**
 * Entry `vpcflow-ecs/ship`: sends the events of a source to Elasticsearch, a file, a stream or a function. For Node.js only.
 *
 * @module
 */

export { ShipError } from './errors.js';
export { ship } from './ship.js';
export { follow } from './watch.js';
