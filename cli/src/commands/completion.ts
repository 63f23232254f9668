// `cordon completion SHELL`: a script that completes commands, subcommands and options, made from the table of commands.
import { Argument, type Command } from 'commander';
import type { Context } from '#context.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** Words that may follow a path of commands: `ledger` → tail, prove, … and its options. */
interface Completions {
  readonly path: readonly string[];
  readonly words: readonly string[];
}

export function addCompletion(program: Command, { terminal }: Context): void {
  program
    .command('completion')
    .description('print a completion script for your shell')
    .addArgument(new Argument('<shell>', 'your shell').choices([...SHELLS]))
    .addHelpText(
      'after',
      '\nExamples:\n  $ source <(cordon completion bash)\n  $ cordon completion fish > ~/.config/fish/completions/cordon.fish',
    )
    .action((shell: Shell) => terminal.raw(script(shell, completionsOf(program))));
}

function completionsOf(command: Command, path: readonly string[] = []): readonly Completions[] {
  const options = command.options.flatMap((option) => (option.long === undefined ? [] : [option.long]));
  const words = [...command.commands.map((each) => each.name()), ...options, '--help'];
  return [{ path, words }, ...command.commands.flatMap((each) => completionsOf(each, [...path, each.name()]))];
}

function script(shell: Shell, table: readonly Completions[]): string {
  switch (shell) {
    case 'bash':
      return bash(table);
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(table)}`;
    case 'fish':
      return fish(table);
  }
}

/** The longest path of commands before the cursor decides; where none of its words fits, file names do. */
function bash(table: readonly Completions[]): string {
  const cases = table
    .toReversed()
    .map(({ path, words }) => `    "${['cordon', ...path].join(' ')}"*) words="${words.join(' ')}" ;;`);
  return `_cordon() {
  local current="\${COMP_WORDS[COMP_CWORD]}" line="cordon" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) line="$line $word" ;; esac
  done
  case "$line" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _cordon cordon
`;
}

function fish(table: readonly Completions[]): string {
  const lines = table.flatMap(({ path, words }) => {
    const here =
      path.length === 0
        ? '__fish_use_subcommand'
        : path.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ');
    return words.map((word) =>
      word.startsWith('--')
        ? `complete -c cordon -n '${path.length === 0 ? 'true' : here}' -l ${word.slice(2)}`
        : `complete -c cordon -n '${here}' -a ${word}`,
    );
  });
  return `${lines.join('\n')}\n`;
}
