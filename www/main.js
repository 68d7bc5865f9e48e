// The page: lines in, documents and located errors out. Text of a log reaches the page by textContent only.

const MAX_SHOWN = 200;
const SCHEMAS_WITH_MODES = ['ecs', 'beats'];

const EXAMPLE = `version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
2 123456789010 eni-0a1b2c3d4e5f60718 192.0.2.44 10.0.1.20 52714 443 6 18 4249 1767225600 1767225658 ACCEPT OK
2 123456789010 eni-0a1b2c3d4e5f60718 203.0.113.77 10.0.1.20 40113 22 6 3 180 1767225604 1767225662 REJECT OK
2 123456789010 eni-0b2c3d4e5f6071829 2001:db8:1234:a100::25 2001:db8:1234:a102::7 34892 22 6 54 8855 1767225615 1767225674 ACCEPT OK
2 123456789010 eni-0c3d4e5f60718293a - - - - - - - 1767225600 1767225660 - NODATA
2 123456789010 eni-0d4e5f60718293a4b 10.0.2.31 198.51.100.200 70000 5432 6 1284 1937655 1767225601 1767225659 ACCEPT OK
2 123456789010 eni-0d4e5f60718293a4b 198.51.100.23 10.0.2.31 61022 3389 6 1 40 1767225633 1767225691 REJECT
`;

const byId = (id) => document.getElementById(id);
const [lines, format, formatNote, schema, mode] = ['lines', 'format', 'format-note', 'schema', 'mode'].map(byId);
const decoder = new TextDecoder();

/** What the package exports, and the text helpers of its command. */
let api;
let text;

function element(name, className, ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** The first documents with their line numbers, the first errors, and the counts of the whole input. */
function read(input, options) {
  const documents = [];
  const errors = [];
  const badLines = new Set();
  const report = (error) => {
    badLines.add(error.lineNumber);
    if (errors.length < MAX_SHOWN) errors.push(error);
  };
  const parser = new api.Parser({ ...options, onError: 'skip', report });
  // Lines that the parser held back come all at once: those that have been counted since.
  let counted = 0;
  const take = (bytes) => {
    const json = decoder.decode(bytes);
    const { lines: total } = parser.stats;
    if (json) {
      const numbers = total - counted === 1 ? [total] : recordsBetween(input, counted, total, badLines);
      for (const [index, text] of json.trimEnd().split('\n').entries()) {
        if (documents.length < MAX_SHOWN) documents.push({ line: numbers[index], json: text });
      }
    }
    counted = total;
  };
  try {
    let start = 0;
    while (start < input.length && documents.length < MAX_SHOWN) {
      const end = input.indexOf('\n', start) + 1 || input.length;
      take(parser.push(input.slice(start, end)));
      start = end;
    }
    if (start < input.length) parser.push(input.slice(start));
    take(parser.end());
    return { documents, errors, stats: parser.stats, inferred: parser.inferred };
  } finally {
    parser.free();
  }
}

/** The numbers of the first good records after one line, up to another. */
function recordsBetween(input, before, last, badLines) {
  const numbers = [];
  const all = input.split('\n', last);
  for (let number = before + 1; number <= last && numbers.length < MAX_SHOWN; number++) {
    if (!badLines.has(number) && api.explain(all[number - 1]).kind === 'record') numbers.push(number);
  }
  return numbers;
}

/** Reads the input anew and shows what came of it. */
function update() {
  const hasModes = SCHEMAS_WITH_MODES.includes(schema.value);
  mode.disabled = !hasModes;
  const options = { schema: schema.value, ...(hasModes && { mode: mode.value }) };
  const given = format.value.trim();
  let result;
  askFormat([]);
  try {
    if (given) options.format = given;
    const warnings = given ? api.compileFormat(given).warnings : [];
    const unset = 'Without a format, a header line decides, else the layouts that AWS documents, else the lines.';
    noteFormat(warnings.join('. ') || (given ? '' : unset), false);
    result = read(lines.value, options);
    if (result.inferred) noteFormat(`Read by the format of the lines: ${result.inferred}`, false);
  } catch (error) {
    if (!(error instanceof api.FlowLogError)) {
      fail(`The lines could not be read (${error.message}).`);
      throw error;
    }
    const isOpen = error.code === 'unresolved_format';
    noteFormat(error.message, !isOpen);
    if (isOpen) askFormat(candidatesFrom(lines.value, error.lineNumber));
    const reason = isOpen ? 'the lines do not tell their format, so it has to be given' : 'the format is wrong';
    byId('counts').textContent = `Nothing was read: ${reason}.`;
  }
  byId('results').hidden = !result;
  if (!result) return;
  showCounts(result.stats);
  showDocuments(result.documents, result.stats.records);
  showErrors(result.errors, result.stats.errors);
}

function noteFormat(note, isWrong) {
  formatNote.textContent = text.safeText(note);
  formatNote.classList.toggle('wrong', isWrong);
  format.setAttribute('aria-invalid', String(isWrong));
}

/** What the lines may be that did not tell their format. */
function candidatesFrom(input, lineNumber) {
  const sample = input.split('\n').slice(lineNumber - 1).join('\n');
  return api.detectFormat(sample, { maxLines: 2000, maxBytes: 1024 * 1024 });
}

/** Asks which fields the open columns of the likeliest candidate are; its format can be taken to be corrected. */
function askFormat([candidate]) {
  const question = byId('question');
  question.hidden = !candidate;
  question.replaceChildren();
  if (!candidate) return;
  const items = candidate.unresolved.map(({ column, field, alternatives }) => {
    const example = candidate.tokens[column - 1]?.text ?? '';
    const shownExample = example.length > 40 ? `${example.slice(0, 40)}…` : example;
    const names = [field ?? 'no documented field', ...alternatives].join(' or ');
    return element('li', '', text.safeText(`column ${column} (${shownExample}): ${names}?`));
  });
  const button = element('button', '', 'Take the likeliest format');
  button.type = 'button';
  button.title = 'Put it into the field above, to be corrected there';
  button.addEventListener('click', () => {
    format.value = candidate.format;
    update();
    format.focus();
  });
  question.append(element('ul', '', ...items), button);
}

function showCounts({ lines: total, records, headers, blanks, errors }) {
  const { counted } = text;
  const bad = element('a', errors ? 'wrong' : '', counted(errors, 'error'));
  if (errors) bad.href = '#errors-title';
  const others = [[records, 'document'], [headers, 'header line'], [blanks, 'blank line']];
  const words = others.map(([count, noun]) => counted(count, noun)).join(', ');
  byId('counts').replaceChildren(`${counted(total, 'line')}: ${words}, `, bad);
}

function showDocuments(documents, total) {
  const container = byId('documents');
  const wereOpen = [...container.querySelectorAll('details[open]')].map((details) => Number(details.dataset.line));
  const opened = documents.map(({ line }) => line).filter((line) => wereOpen.includes(line));
  const items = documents.map(({ line, json }, index) => {
    const summary = element('summary', '', element('span', 'place', `line ${line}`), flow(json));
    const details = element('details', '', summary);
    details.dataset.line = line;
    details.addEventListener('toggle', () => details.append(pretty(json)), { once: true });
    details.open = opened.length > 0 ? opened.includes(line) : index === 0;
    return details;
  });
  container.replaceChildren(...items, ...shown(documents.length, total, 'No documents.'));
}

/** A document in a few words: who spoke to whom, how, and what became of it. */
function flow(json) {
  const { source, destination, network, event, aws } = JSON.parse(json);
  const original = aws?.vpcflow ?? {};
  const end = (ip = '?', port = '') => (port === '' ? ip : ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);
  const from = end(source?.ip ?? original.srcaddr, source?.port ?? original.srcport);
  const to = end(destination?.ip ?? original.dstaddr, destination?.port ?? original.dstport);
  const how = [network?.transport, event?.action ?? original.action].filter(Boolean).join(' ').toLowerCase();
  const words = from === '?' && to === '?' ? (original.log_status ?? 'no addresses') : `${from} → ${to} ${how}`;
  return text.safeText(` ${words}`);
}

/** Indented JSON, its keys in a colour of their own. Numbers keep every digit. */
function pretty(json) {
  const parts = text.prettyJson(text.safeJson(json)).trimEnd().split(/^( *"(?:[^"\\]|\\.)*")(?=: )/m);
  return element('pre', '', ...parts.map((part, index) => (index % 2 ? element('span', 'key', part) : part)));
}

function showErrors(errors, total) {
  const container = byId('errors');
  const width = charactersIn(container);
  const items = errors.map((error) => {
    const place = `line ${error.lineNumber}` + (error.column === undefined ? '' : `, column ${error.column}`);
    const button = element('button', 'place', place);
    button.type = 'button';
    button.title = 'Select it in the input';
    button.addEventListener('click', () => select(error));
    const reason = text.safeText(error.message.replace(/^line \d+(, column \d+)?: /, ''));
    const code = element('code', '', error.code);
    return element('article', '', button, code, marked(error, width), element('p', '', reason));
  });
  container.replaceChildren(...items, ...shown(errors.length, total, 'No errors.'));
}

/** How many characters an error's excerpt has room for; a caret behind the end of the line takes one more. */
function charactersIn(container) {
  const probe = element('span', '', 'x'.repeat(50));
  const box = element('pre', '', probe);
  container.replaceChildren(element('article', '', box));
  const room = box.clientWidth - 2 * Number.parseFloat(getComputedStyle(box).paddingLeft);
  return Math.max(20, Math.floor((room * 50) / probe.getBoundingClientRect().width) - 1);
}

/** The line around the wrong token, which is marked and has carets below. */
function marked({ input = '', column, found }, width) {
  const { text: line, carets } = text.excerpt(input, column, found, width);
  const start = carets.indexOf('^');
  if (start < 0) return element('pre', '', line);
  const below = element('span', 'carets', `\n${carets}`);
  below.setAttribute('aria-hidden', 'true');
  const token = element('mark', '', line.slice(start, carets.length));
  return element('pre', '', line.slice(0, start), token, line.slice(carets.length), below);
}

function shown(count, total, none) {
  if (total === 0) return [element('p', 'hint', none)];
  return count < total ? [element('p', 'hint', `The first ${count} of ${text.grouped(total)} are shown.`)] : [];
}

/** Selects the wrong token, or the whole line, in the input. */
function select({ lineNumber, column }) {
  let start = 0;
  for (let line = 1; line < lineNumber; line++) start = lines.value.indexOf('\n', start) + 1;
  const [line] = lines.value.slice(start).split('\n', 1);
  const before = column === undefined ? 0 : [...line].slice(0, column - 1).join('').length;
  const length = column === undefined ? line.length : /^\S*/.exec(line.slice(before))[0].length;
  const { lineHeight, fontSize } = getComputedStyle(lines);
  lines.focus();
  lines.setSelectionRange(start + before, start + before + length);
  lines.scrollTop = (lineNumber - 3) * Number.parseFloat(lineHeight);
  lines.scrollLeft = before * 0.6 * Number.parseFloat(fontSize) - lines.clientWidth / 2;
}

function fail(sentence) {
  byId('failure').textContent = sentence;
  byId('failure').hidden = false;
}

function fill(value) {
  lines.value = value;
  update();
  lines.focus();
}

async function start() {
  try {
    // Not a static import: a page whose parser is missing has to say so.
    const paths = ['index.js', 'cli/excerpt.js', 'cli/pretty.js', 'cli/text.js'];
    const [entry, ...helpers] = await Promise.all(paths.map((path) => import(`../js/${path}`)));
    await entry.init();
    [api, text] = [entry, Object.assign({}, ...helpers)];
  } catch (error) {
    fail(`The parser could not be loaded (${error.message}). In the repository, npm start builds it and serves this ` +
      'page; a web server of your own must serve the folders js/, pkg/ and www/ side by side.');
    return;
  } finally {
    byId('loading').hidden = true;
  }
  byId('presets').append(...api.presets().map(({ name, description }) => new Option(description, name)));
  let timer;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(update, 150);
  };
  for (const control of [lines, format, schema, mode]) control.addEventListener('input', soon);
  addEventListener('resize', soon);
  for (const [id, value] of [['example', EXAMPLE], ['clear', '']]) {
    byId(id).addEventListener('click', () => fill(value));
    byId(id).disabled = false;
  }
  update();
}

await start();
