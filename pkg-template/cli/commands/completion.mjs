// @ts-check
// `completion`: scripts for shells, made from the commands and options that are parsed.

import { regions } from "huaweicloud-dcs";
import { DONE } from "../exit.mjs";

/** @typedef {import("commander").Command} Command */
/** @typedef {import("commander").Option} Option */

/**
 * What can follow a command or an option.
 * @typedef {object} Known
 * @property {string} name
 * @property {string} about
 * @property {Option[]} options
 * @property {readonly string[]} words Values of its argument.
 */

/** @param {import("../main.mjs").Order} order @param {Command} all */
export function completion({ args, output }, all) {
  /** @type {Known[]} */
  const commands = all.commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    options: command.createHelp().visibleOptions(command),
    words: command.registeredArguments[0]?.argChoices ?? [],
  }));
  commands.push({
    name: "help",
    about: "what a command does and takes",
    options: [],
    words: commands.map(({ name }) => name),
  });
  const scripts = { bash, zsh, fish };
  output.text(scripts[/** @type {keyof typeof scripts} */ (args[0])](commands));
  return DONE;
}

/** The flags of options. @param {Option[]} options */
const flags = (options) =>
  options.flatMap(({ short, long }) => [short, long]).filter((flag) => flag !== undefined);

/**
 * Values of an option; undefined where files are meant.
 * @param {Option} option
 * @returns {readonly string[] | undefined}
 */
function valuesOf({ long, argChoices }) {
  if (argChoices) return argChoices;
  if (long === "--region") return regions().map(({ id }) => id);
  return long === "--journal" ? undefined : [];
}

/** Options that take a value, each once. @param {Known[]} commands */
function withValues(commands) {
  /** @type {Map<string, Option>} */
  const found = new Map();
  for (const { options } of commands)
    for (const option of options)
      if (option.required && option.long) found.set(option.long, option);
  return [...found.values()];
}

/** @param {Known[]} commands */
function bash(commands) {
  const values = withValues(commands).map((option) => {
    const words = valuesOf(option);
    const reply =
      words === undefined
        ? 'COMPREPLY=($(compgen -f -- "$current"))'
        : `COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$current"))`;
    return `    ${flags([option]).join("|")}) ${reply}; return ;;`;
  });
  const names = commands.map(({ name }) => name);
  return `# bash completion of huaweicloud-dcs
_huaweicloud_dcs() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" word words=""
  COMPREPLY=()
  case "$previous" in
${values.join("\n")}
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${names.join("|")}) command="$word"; break ;; esac
  done
  case "$command" in
    "") words="${names.join(" ")} --help --version" ;;
${commands
  .map(
    ({ name, options, words }) =>
      `    ${name}) words="${[...words, ...flags(options)].join(" ")}" ;;`,
  )
  .join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _huaweicloud_dcs huaweicloud-dcs`;
}

/** A text within single quotes of every one of these shells. @param {string} text */
const plain = (text) => text.replaceAll("'", "’").replaceAll("\\", "");

/** @param {Known[]} commands */
function zsh(commands) {
  const described = (/** @type {string} */ text) => plain(text).replace(/[[\]:]/g, "\\$&");
  const spec = (/** @type {Option} */ option) => {
    const { long, short, description, required } = option;
    const names = [short, long].filter((name) => name !== undefined);
    const words = valuesOf(option);
    const value = required ? `:value:${words ? `(${words.join(" ")})` : "_files"}` : "";
    const exclusive =
      names.length > 1 ? `'(${names.join(" ")})'{${names.join(",")}}` : `'${names[0]}`;
    const text = `[${described(description)}]${value}'`;
    return names.length > 1 ? `${exclusive}'${text}` : `${exclusive}${text}`;
  };
  return `#compdef huaweicloud-dcs
# zsh completion of huaweicloud-dcs
_huaweicloud_dcs() {
  local -a commands
  commands=(
${commands.map(({ name, about }) => `    '${name}:${described(about)}'`).join("\n")}
  )
  local word command=""
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if (( \${commands[(I)$word:*]} )); then command="$word"; break; fi
  done
  case "$command" in
    "") _describe command commands ;;
${commands
  .map(({ name, options, words }) => {
    const rest = words.length > 0 ? [`'*:value:(${[name, ...words].join(" ")})'`] : ["'*: :'"];
    return `    ${name}) _arguments -S \\\n      ${[...options.map(spec), ...rest].join(" \\\n      ")} ;;`;
  })
  .join("\n")}
  esac
}
if [ "$funcstack[1]" = "_huaweicloud-dcs" ]; then _huaweicloud_dcs "$@"; else compdef _huaweicloud_dcs huaweicloud-dcs; fi`;
}

/** @param {Known[]} commands */
function fish(commands) {
  const names = commands.map(({ name }) => name).join(" ");
  const line = (/** @type {string} */ when, /** @type {string} */ rest) =>
    `complete -c huaweicloud-dcs -n '${when}' ${rest}`;
  const lines = ["# fish completion of huaweicloud-dcs", "complete -c huaweicloud-dcs -f"];
  for (const { name, about, options, words } of commands) {
    const none = `not __fish_seen_subcommand_from ${names}`;
    const seen = `__fish_seen_subcommand_from ${name}`;
    lines.push(line(none, `-a ${name} -d '${plain(about)}'`));
    if (words.length > 0) lines.push(line(seen, `-a '${words.join(" ")}'`));
    for (const option of options) {
      const { long = "", short, required, description } = option;
      const values = valuesOf(option);
      const takes = !required ? "" : values ? ` -x -a '${values.join(" ")}'` : " -r -F";
      const brief = short ? ` -s ${short.slice(1)}` : "";
      lines.push(line(seen, `-l ${long.slice(2)}${brief}${takes} -d '${plain(description)}'`));
    }
  }
  return lines.join("\n");
}
