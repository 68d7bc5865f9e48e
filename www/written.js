// The format within a text that people copy: an option of a command, a setting of a template, a JSON string.

/** The name of the option or setting before a format, as the AWS CLI, CloudFormation, Terraform and the SDKs have it. */
const NAME = /(?:--log-format|["'`]?\b(?:log[-_ ]?format|format|fields)["'`]?)\s*(?:[=:]|(?<=--log-format)\s)[\s\\]*(?:[>|][-+]?\s+)?/i;

const QUOTES = [['\\"', '\\"'], ['"', '"'], ["'", "'"], ['`', '`'], ['\u201c', '\u201d'], ['\u2018', '\u2019']];

/** Blanks, commas, escaped line feeds and continuations of a line that end a setting. */
const AFTER = /(?:\\n|[\s,;\\])+$/;
/** Further options of a command. */
const OPTIONS = /\s--?[a-z].*$/s;

/**
 * Returns the format within a text, and its offset there. Within a list such as `["version", "srcaddr"]`, quotes stay.
 *
 * @example
 * plainFormat("--log-format '${version} ${srcaddr} '"); // { format: '${version} ${srcaddr}', start: 14 }
 */
export function plainFormat(text) {
  const named = NAME.exec(text);
  let start = named ? named.index + named[0].length : 0;
  let format = text.slice(start);
  const narrow = (from, to) => {
    format = format.slice(from, to);
    start += from;
  };
  for (let isNew = true; isNew;) {
    const before = format;
    narrow(/^[\s,;]*/.exec(format)[0].length);
    const [open, end] = QUOTES.find(([one]) => format.startsWith(one)) ?? [];
    const last = open ? closing(format, open, end) : -1;
    // Several quoted names are a list, which the parser reads.
    if (last > 0 && !(named ? /^\s*,\s*["'\\]/ : /^\s*,\s*["'\\$a-z]/i).test(format.slice(last + end.length))) narrow(open.length, last);
    else if (open && last < 0) narrow(open.length);
    if (!format.startsWith('[')) format = (named && !open ? format.replace(OPTIONS, '') : format).replace(AFTER, '');
    isNew = format !== before;
  }
  return { format: format.startsWith('[') ? format : format.replace(/[;|]/g, ' ').trimEnd(), start };
}

/** Returns the offset of a closing quote; -1 if there is none. A quote after a backslash is text. */
function closing(text, open, end) {
  let at = text.indexOf(end, open.length);
  while (at > 0 && end === '"' && text[at - 1] === '\\') at = text.indexOf(end, at + 1);
  return at;
}
