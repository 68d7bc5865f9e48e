#!/usr/bin/env node
/**
 * The command `vpcflow-ecs`: flow logs in, ECS documents out. `run.js` has its work.
 *
 * @module
 */

import { run } from './run.js';

// Not process.exit(): what is still on its way to a pipe must arrive.
process.exitCode = await run(process.argv.slice(2), process, process);
