/**
 * Keys of objects in Amazon S3, in the layout in which AWS writes flow logs. It is documented on the pages "Flow log files"
 * of the Amazon VPC User Guide and "Transit Gateway Flow Logs records in Amazon S3".
 *
 * ```text
 * AWSLogs/ACCOUNT/vpcflowlogs/REGION/YYYY/MM/DD/
 * AWSLogs/ACCOUNT/vpcflowlogs/REGION/YYYY/MM/DD/HH/
 * AWSLogs/aws-account-id=ACCOUNT/aws-service=vpcflowlogs/aws-region=REGION/year=YYYY/month=MM/day=DD/
 * AWSLogs/aws-account-id=ACCOUNT/aws-service=vpcflowlogs/aws-region=REGION/year=YYYY/month=MM/day=DD/hour=HH/
 * ```
 *
 * Any folder may be before `AWSLogs/`. Central logging puts the identifier of the organisation after it. Transit gateways
 * write `service=` instead of `aws-service=`.
 *
 * @module
 */

/** The longest key of Amazon S3, in bytes of UTF-8. */
const MAX_BYTES = 1024;

const ORGANIZATION = /^o-[a-z0-9]{10,32}$/;

/** The folders below `AWSLogs/`, in their order. */
const LEVELS = [
  /^(?:aws-account-id=)?(\d{12})$/,
  /^(?:(?:aws-)?service=)?([a-z][a-z0-9-]*)$/i,
  /^(?:aws-region=)?([a-z]+(?:-[a-z]+)+-\d)$/,
  /^(?:year=)?(\d{4})$/,
  /^(?:month=)?(0[1-9]|1[0-2])$/,
  /^(?:day=)?(0[1-9]|[12]\d|3[01])$/,
  /^(?:hour=)?([01]\d|2[0-3])$/,
];
const [, SERVICE, , YEAR] = LEVELS.keys();

/** `123456789010_vpcflowlogs_us-east-1_fl-1234abcd_20260101T0005Z_fe123456.log.gz` */
const FILE = /(?:^|\/)\d{12}_vpcflowlogs_[a-z0-9-]+_(fl-[0-9a-f]+)_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[^/]*$/;

/**
 * The part of AWS's layout that a folder is.
 *
 * @typedef {object} Folder
 * @property {boolean} isOther true if it has the logs of another service
 * @property {boolean} isFlowLog true if it has nothing but flow logs
 * @property {{ start: number, end: number } | undefined} span the time of its objects, from `start` to before `end`, in
 *   milliseconds since 1970
 */

/**
 * Returns the part of AWS's layout that a folder is.
 *
 * @param {string} prefix the folder's keys start with it; it ends with `/` or is empty
 * @returns {Folder}
 */
export function folderOf(prefix) {
  const segments = prefix.split('/').slice(0, -1);
  const below = segments.slice(segments.lastIndexOf('AWSLogs') + 1);
  const inLayout = segments.includes('AWSLogs');
  if (ORGANIZATION.test(below[0] ?? '')) below.shift();
  const values = below.map((segment, level) => LEVELS[level]?.exec(segment)?.[1]);
  if (!inLayout || values.includes(undefined)) return { isOther: false, isFlowLog: false, span: undefined };
  const service = values[SERVICE];
  const isFlowLog = service === 'vpcflowlogs';
  const time = values.slice(YEAR).map(Number);
  return {
    isOther: service !== undefined && !isFlowLog,
    isFlowLog,
    span: isFlowLog && time.length > 0 ? { start: timeOf(time), end: timeOf(time.with(-1, (time.at(-1) ?? 0) + 1)) } : undefined,
  };
}

/** @param {number[]} parts year, month, day, hour; the latter may be missing */
function timeOf([year = 1970, month = 1, day = 1, hour = 0]) {
  return Date.UTC(year, month - 1, day, hour);
}

/**
 * Returns the flow log that wrote an object and the time in its name, in milliseconds since 1970; undefined if the name is
 * not one that AWS gives.
 *
 * @param {string} key
 * @returns {{ flowLogId: string, time: number } | undefined}
 */
export function fileOf(key) {
  const [, flowLogId, ...parts] = FILE.exec(key) ?? [];
  if (flowLogId === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts.map(Number);
  return { flowLogId, time: Date.UTC(year, month - 1, day, hour, minute) };
}

/**
 * Checks that a key stays inside its bucket, also where a program takes it for a path.
 *
 * @param {string} key
 * @throws {Error} the message says what is wrong with it
 */
export function checkKey(key) {
  const found = JSON.stringify(key.length <= 80 ? key : `${key.slice(0, 80)}…`);
  if (key === '') throw new Error('expected a key, found ""');
  if (new TextEncoder().encode(key).length > MAX_BYTES) throw new Error(`expected a key of at most ${MAX_BYTES} bytes, found ${found}`);
  if (key.includes('\0')) throw new Error(`expected a key without a NUL character, found ${found}`);
  if (key.startsWith('/') || key.split(/[/\\]/).includes('..')) {
    throw new Error(`expected a key inside the bucket's folders, found ${found}, which leads out of them as a path`);
  }
}
