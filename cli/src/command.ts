// How commands are declared: every one has --json, examples under --help, and parsers that refuse with a usage error.
import { Argument, type Command, InvalidArgumentError } from 'commander';

/** Declares `syntax` (commander's form: `scribe <file>`) below `parent`. `examples` are command lines without `cordon`. */
export function declare(parent: Command, syntax: string, summary: string, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ cordon ${example}`).join('\n');
  return parent
    .command(syntax)
    .description(summary)
    .option('--json', 'write one JSON document to standard output, everything else to standard error')
    .addHelpText('after', `\nExamples:\n${lines}`);
}

/** A group such as `cordon ledger …`; run without a subcommand it shows its help and fails. */
export function declareGroup(parent: Command, name: string, summary: string): Command {
  return parent.command(name).description(summary);
}

/** A whole number of at least `least`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d{1,16}$/.test(value) || number < least || number > most) {
      const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
      throw new InvalidArgumentError(`A whole number is needed, ${range}.`);
    }
    return number;
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An id as the server gives them. */
function identifier(value: string): string {
  const id = value.toLowerCase();
  if (!UUID.test(id)) throw new InvalidArgumentError('An id is needed: 36 characters, 8-4-4-4-12 hexadecimal digits.');
  return id;
}

/** A required argument that is an id. */
export function idArgument(name: string): Argument {
  return new Argument(`<${name}>`, `id of the ${name}`).argParser(identifier);
}

/** For options that may be given several times. */
export function collected(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
