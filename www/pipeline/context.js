// The position in a definition at which a name can be completed, in JSON, and in YAML with blocks and flows.

/** The keys of lists of processors. */
const LISTS = ['processors', 'on_failure'];

const KEY = /^(["']?)([\w@.-]+)\1\s*:(?:\s|$)/;

/**
 * Returns the name at a position that can be completed; undefined if there is none.
 *
 * @returns {{ kind: 'processor' | 'option', type?: string, start: number, name: string, used: string[], style: 'json' | 'flow' | 'block', indent: number } | undefined}
 */
export function contextAt(text, caret) {
  const head = text.slice(0, caret);
  const isJson = /^\s*[{[]/.test(text);
  const found = isJson ? flowAt(head, 0, []) : blockAt(head);
  if (!found) return undefined;
  const [list, item, type] = found.names.slice(-3);
  const style = isJson ? 'json' : found.style;
  const { start, name, used = [], indent = 0 } = found;
  const [outer, last] = found.names.slice(-2);
  if (last === '[]' && LISTS.includes(outer)) return { kind: 'processor', start, name, used, style, indent };
  if (item === '[]' && LISTS.includes(list)) return { kind: 'option', type, start, name, used, style, indent };
  return undefined;
}

/** A string, which may be open at the end, a character of the structure, blanks, or a word. */
const TOKEN = /"(?:[^"\\]|\\.)*"?|'[^']*'?|[{}[\],:]|\s+|[^\s{}[\],:"']+/sy;

/** Reads braces, brackets, keys and values up to the end of the text. `names` are the keys around its start. */
function flowAt(head, from, names) {
  const frames = [];
  let word;
  for (let at = from; at < head.length;) {
    TOKEN.lastIndex = at;
    const [token] = TOKEN.exec(head) ?? [head[at]];
    const top = frames.at(-1);
    if (token === '{' || token === '[') frames.push({ isMap: token === '{', used: [], name: top ? (top.isMap ? top.key : '[]') : undefined });
    else if (token === '}' || token === ']') frames.pop();
    else if (token === ',' && top) top.key = undefined;
    else if (token === ':' && top?.isMap && top.key === undefined && word) top.used.push((top.key = word.name));
    else if (/\S/.test(token)) word = { start: at, token, end: at + token.length, name: token.replace(/^["']|["']$/g, '') };
    at += token.length;
  }
  const top = frames.at(-1);
  if (!top?.isMap || top.key !== undefined) return undefined;
  const path = [...names, ...frames.slice(1).map(({ name }) => name)];
  const isHere = word && word.end === head.length && !/.["']$/s.test(word.token);
  return { names: path, start: isHere ? word.start : head.length, name: isHere ? word.name : '', used: top.used, style: 'flow' };
}

/** Reads lines of YAML up to the end of the text. */
function blockAt(head) {
  const frames = [];
  const lines = head.split('\n');
  let offset = 0;
  for (const [index, line] of lines.entries()) {
    const isLast = index === lines.length - 1;
    const start = offset;
    offset += line.length + 1;
    if (!isLast && /^\s*(?:#|$|---)/.test(line)) continue;
    const [, blank, dashes, rest] = /^( *)((?:-(?: +|$))*)(.*)$/.exec(line) ?? [];
    if (rest === undefined) return undefined;
    let indent = blank.length;
    for (const dash of dashes.match(/- */g) ?? []) {
      while (frames.length && (frames.at(-1).indent > indent || (frames.at(-1).indent === indent && frames.at(-1).name === '[]'))) frames.pop();
      frames.push({ indent, name: '[]' });
      indent += dash.length;
    }
    if (!dashes || rest) while (frames.length && frames.at(-1).indent >= indent) frames.pop();
    const key = KEY.exec(rest) ?? undefined;
    if (key) {
      frames.at(-1)?.used?.push(key[2]);
      frames.push({ indent, name: key[2], used: [] });
    }
    if (!isLast) continue;
    const names = frames.map(({ name }) => name);
    const value = key ? rest.slice(key[0].length) : rest;
    const flow = value.search(/[{[]/);
    if (flow >= 0) return flowAt(head, start + line.length - value.length + flow, names);
    if (key || !/^["']?\w*$/.test(rest)) return undefined;
    return { names, start: start + indent, name: rest.replace(/^["']/, ''), used: frames.at(-1)?.used ?? [], style: 'block', indent };
  }
  return undefined;
}

/**
 * Returns the text that a chosen name becomes, and the position of the caret in it.
 *
 * @param {{ kind: string, style: string, indent: number }} context
 * @param {string} after the text behind the name
 */
export function insertionOf({ kind, style, indent }, name, after) {
  const word = style === 'json' ? `"${name}"` : name;
  // The key has a value already.
  if (/^\s*:/.test(after)) return { text: word, caret: word.length };
  if (kind === 'option') return { text: `${word}: `, caret: word.length + 2 };
  if (style === 'block') {
    const text = `${word}:\n${' '.repeat(indent + 2)}`;
    return { text, caret: text.length };
  }
  return { text: `${word}: {  }`, caret: word.length + 4 };
}
