/**
 * The format of a flow log, as AWS knows it.
 *
 * @module
 */

import { FlowLogError } from 'vpcflow-ecs';
import { loadEc2, requestError } from './aws.js';

/**
 * Returns the format of a flow log. Types and an example are in `index.d.ts`.
 *
 * @param {string} flowLogId
 * @param {import('./index.js').ClientOptions} [options]
 * @returns {Promise<string>}
 */
export async function describeFormat(flowLogId, { client, signal } = {}) {
  if (typeof flowLogId !== 'string' || !/^fl-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(flowLogId)) {
    const found = JSON.stringify(flowLogId);
    throw new FlowLogError(`expected the identifier of a flow log (fl-0123456789abcdef0), found ${found}`, { code: 'invalid_option' });
  }
  const { DescribeFlowLogsCommand, EC2Client } = await loadEc2();
  const ec2 = client ?? new EC2Client({});
  let flowLogs;
  try {
    const command = new DescribeFlowLogsCommand({ FlowLogIds: [flowLogId] });
    ({ FlowLogs: flowLogs } = await ec2.send(command, signal ? { abortSignal: signal } : {}));
  } catch (error) {
    signal?.throwIfAborted();
    throw requestError(error, `${flowLogId}: cannot be described`, 'ec2:DescribeFlowLogs');
  }
  const format = flowLogs?.[0]?.LogFormat;
  if (typeof format === 'string' && format !== '') return format;
  throw new FlowLogError(`${flowLogId}: no flow log of this account and region has this identifier`, { code: 'unknown_flow_log' });
}
