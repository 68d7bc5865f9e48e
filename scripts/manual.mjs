// The manual page and the completions of the command, from its tables of options: pkg/vpcflow-ecs.1, .bash and .fish.
//
// The build runs this where they are older than the tables.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './env.mjs';
import { isScript, main, say } from './run.mjs';

const writers = [
  ['pkg/vpcflow-ecs.1', manualPage],
  ['pkg/vpcflow-ecs.bash', bash],
  ['pkg/vpcflow-ecs.fish', fish],
];

/** The paths of the files. */
export const manualFiles = writers.map(([path]) => path);

/** Returns the texts of the files, by their paths. */
export async function manuals() {
  // Not at the start: the tables import the modules, which the build, an importer of this, makes.
  const { COMMANDS } = await import('../js/cli/options.js');
  return new Map(writers.map(([path, write]) => [path, write(COMMANDS)]));
}

/** Returns the manual page, as troff with the macros of man(7). */
function manualPage(commands) {
  const [{ help }] = commands;
  const sections = commands.map((command) => [
    ...(command.name ? [`.SH ${escaped(command.name.toUpperCase())}`, ...paragraphs(command.help().slice(command.help().indexOf('\n\n')).split('\n\nOptions:\n')[0])] : ['.SH OPTIONS']),
    ...Object.entries(command.options).flatMap(optionOf),
    ...(command.name ? tail(command.help()) : []),
  ].join('\n'));
  return [
    '.TH VPCFLOW\\-ECS 1',
    '.SH NAME\nvpcflow\\-ecs \\- AWS flow logs to ECS documents',
    `.SH SYNOPSIS\n.nf\n${escaped(help().split('\n\n')[0].replace(/^usage: /, '').replaceAll(/\n +/g, '\n'))}\n.fi`,
    `.SH DESCRIPTION\n${paragraphs(help().slice(help().indexOf('\n\n')).split('\n\nOptions:\n')[0]).join('\n')}`,
    sections[0],
    tail(help()).join('\n').replaceAll('.SS', '.SH'),
    ...sections.slice(1),
  ].join('\n').concat('\n');
}

function optionOf([name, { kind, short, value = '', help }]) {
  const argument = { flag: '', value: ` \\fI${escaped(value)}\\fR`, list: ` \\fI${escaped(value)}\\fR`, optional: `[=\\fI${escaped(value)}\\fR]` }[kind];
  const names = [short && `\\fB\\-${short}\\fR, `, `\\fB\\-\\-${escaped(name)}\\fR${argument}`].filter(Boolean).join('');
  return ['.TP', names, escaped(help)];
}

/** Returns the exit status and the examples of a help text. */
function tail(help) {
  const [, status, examples] = /\n\n(Exit status: .*?)\n\nExamples:\n(.*)$/s.exec(help);
  return ['.SS EXIT STATUS', ...paragraphs(status.replace('Exit status: ', '')), '.SS EXAMPLES', '.nf', escaped(examples.trimEnd()), '.fi'];
}

function paragraphs(text) {
  return text.trim().split('\n\n').flatMap((paragraph) => ['.PP', escaped(paragraph)]);
}

/** Returns a text in which troff finds no request and no escape. */
function escaped(text) {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll(/^(?=[.'])/gm, '\\&');
}

/** Returns the completion of bash: the words of the table, and files. */
function bash(commands) {
  const words = (options) => Object.entries(options).map(([name, { kind }]) => `--${name}${kind === 'optional' ? '=' : ''}`).join(' ');
  const choicesOf = ({ name, options }) => Object.entries(options).filter(([, { choices }]) => choices)
    .map(([option, { short, choices }]) => `    ${name}:--${option}${short ? `|${name}:-${short}` : ''}) words='${choices.join(' ')}' ;;`);
  return `# Completion of vpcflow-ecs for bash; zsh takes it after: autoload -U +X bashcompinit && bashcompinit
_vpcflow_ecs() {
  local current=\${COMP_WORDS[COMP_CWORD]} command='' words=''
  case \${COMP_WORDS[1]} in
    ${commands.map(({ name }) => name).filter(Boolean).join('|')}) ((COMP_CWORD > 1)) && command=\${COMP_WORDS[1]} ;;
  esac
  case $command:\${COMP_WORDS[COMP_CWORD-1]} in
${commands.flatMap(choicesOf).join('\n')}
  esac
  if [[ -z $words && ( $current == -* || $COMP_CWORD == 1 ) ]]; then
    case $command in
${commands.map(({ name, options }) => `      '${name}') words='${words(options)}' ;;`).join('\n')}
    esac
    [[ $COMP_CWORD == 1 ]] && words+=' ${commands.map(({ name }) => name).filter(Boolean).join(' ')}'
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _vpcflow_ecs vpcflow-ecs
`;
}

/** Returns the completion of fish. */
function fish(commands) {
  const names = commands.map(({ name }) => name).filter(Boolean);
  const quoted = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap(({ name, options }) => {
    const condition = name ? `__fish_seen_subcommand_from ${name}` : `not __fish_seen_subcommand_from ${names.join(' ')}`;
    return Object.entries(options).map(([option, { kind, short, choices, help }]) => [
      `complete -c vpcflow-ecs -n ${quoted(condition)}${short ? ` -s ${short}` : ''} -l ${option}`,
      choices ? `-x -a ${quoted(choices.join(' '))}` : kind === 'value' || kind === 'list' ? '-r' : '',
      `-d ${quoted(help.split('\n')[0].replace(/[:,;]$/, ''))}`,
    ].filter(Boolean).join(' '));
  });
  return ['# Completion of vpcflow-ecs for fish', `complete -c vpcflow-ecs -n __fish_use_subcommand -a ${quoted(names.join(' '))}`, ...lines].join('\n').concat('\n');
}

if (isScript(import.meta)) {
  await main('manual', async () => {
    for (const [path, text] of await manuals()) writeFileSync(join(root, path), text);
    say('manual', manualFiles.join(', '));
  });
}
