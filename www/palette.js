// The dialog that builds a format from AWS's fields: by click, drag or keyboard.

import { ask } from './client.js';
import { byId, button, copy, element, fill, openDialog, shown } from './dom.js';
import { facts, formatOf } from './facts.js';

export function openPalette(format, use) {
  let names = [];
  let dragged;
  const chosen = element('ol.chosen', { 'aria-label': 'Fields of the format, in order' });
  const result = element('div.result', { role: 'status' });
  const list = element('div.fields');
  const search = element('input', { type: 'search', placeholder: 'Search fields and descriptions', 'aria-label': 'Search fields', oninput: drawFields });
  const presets = element('select', { 'aria-label': 'Start from a preset', onchange: ({ target }) => {
    const preset = facts.preset(target.value);
    if (preset) change([...preset.fields]);
    target.value = '';
  } }, element('option', { value: '' }, 'Start from …'), ...facts.presets.map(({ name, fields }) => element('option', { value: name }, `${name} (${fields.length})`)));

  function change(next, focused) {
    names = next;
    drawChosen(focused);
    drawFields();
  }

  const move = (from, to) => {
    if (to < 0 || to >= names.length || from === to) return;
    const next = [...names];
    next.splice(to, 0, ...next.splice(from, 1));
    change(next, to);
  };
  const remove = (index) => change(names.filter((_, at) => at !== index), Math.min(index, names.length - 2));

  async function drawChosen(focused) {
    fill(chosen, ...names.map((name, index) => element('li',
      element('button', {
        type: 'button', class: 'piece', draggable: 'true', 'data-index': index, title: facts.field(name)?.description,
        'aria-label': `${name}, ${index + 1} of ${names.length}. Press Alt and an arrow key to move it, Delete to remove it.`,
        onkeydown: (event) => {
          const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
          if (step && event.altKey) move(index, index + step);
          else if (step) chosen.children[index + step]?.firstChild.focus();
          else if (event.key === 'Delete' || event.key === 'Backspace') remove(index);
          else return;
          event.preventDefault();
        },
        ondragstart: (event) => {
          dragged = { index };
          event.dataTransfer.setData('text/plain', name);
        },
      }, name),
      button('✕', () => remove(index), { class: 'piece-remove', tabindex: -1, 'aria-label': `Remove ${name}` }))));
    if (names.length === 0) fill(chosen, element('li.hint', 'Click fields below, or drag them here.'));
    if (focused !== undefined) chosen.children[focused]?.firstChild.focus?.();
    const text = formatOf(names);
    const { compiled, problem } = names.length ? await ask('compile', { format: text }) : {};
    if (text !== formatOf(names)) return;
    fill(result,
      compiled && element('p', element('span.badge', `version ${compiled.version}`), ` ${names.length} fields`),
      compiled && element('pre.code', { tabindex: 0 }, `--log-format '${compiled.format}'`),
      problem && element('p.wrong', shown(problem.message, 300)));
    for (const control of [take, copier]) control.disabled = !compiled;
  }

  function drawFields() {
    const wanted = search.value.trim().toLowerCase();
    const groups = Map.groupBy(facts.fields.toSorted((a, b) => a.version - b.version), groupOf);
    const sections = [...groups].map(([title, fields]) => {
      const shownFields = fields.filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(wanted));
      if (shownFields.length === 0) return undefined;
      return element('section', element('h3', title), ...shownFields.map((field) => {
        const at = names.indexOf(field.name);
        return element('button', {
          type: 'button', class: 'field', 'aria-pressed': String(at >= 0), draggable: 'true', 'data-name': field.name,
          onclick: () => {
            change(at >= 0 ? names.filter((name) => name !== field.name) : [...names, field.name]);
            list.querySelector(`[data-name="${field.name}"]`)?.focus();
          },
          ondragstart: (event) => {
            dragged = { name: field.name };
            event.dataTransfer.setData('text/plain', field.name);
          },
        }, element('code', field.name), element('span', field.description), element('small', at >= 0 ? String(at + 1) : ''));
      }));
    });
    fill(list, ...sections.filter(Boolean));
    if (!list.firstChild) fill(list, element('p.empty', 'No field matches the search.'));
  }

  chosen.addEventListener('dragover', (event) => {
    if (!dragged) return;
    event.preventDefault();
    const over = event.target.closest('.piece');
    for (const piece of chosen.querySelectorAll('.piece')) piece.classList.toggle('over', piece === over);
  });
  chosen.addEventListener('drop', (event) => {
    event.preventDefault();
    const over = event.target.closest('.piece');
    const to = over ? Number(over.dataset.index) : names.length;
    if (dragged.index !== undefined) move(dragged.index, Math.min(to, names.length - 1));
    else change([...names.filter((name) => name !== dragged.name).toSpliced(to, 0, dragged.name)], Math.min(to, names.length));
    dragged = undefined;
  });

  const close = () => byId('dialog').close();
  const take = button('Use this format', () => (close(), use(formatOf(names))), { class: 'primary' });
  const copier = button('Copy', () => copy(`--log-format '${formatOf(names)}'`));
  openDialog('Fields', 'palette',
    element('div.palette-top', chosen, result,
      element('div.palette-tools', presets, button('Remove all', () => change([])), copier, take)),
    search, list);
  ask('compile', { format }).then(({ compiled }) => change(compiled?.fields.map(({ name }) => name) ?? []));
}

function groupOf({ name, version, logTypes }) {
  if (!logTypes.includes('vpc')) return `Version ${version}: transit gateways`;
  return `Version ${version}${facts.preset('default').fields.includes(name) ? ': the default format' : ''}`;
}
