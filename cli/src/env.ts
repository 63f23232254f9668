// The one place of the command that reads the environment. Everything else is handed what it needs.
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Environment {
  /** The checkout that this command belongs to; data homes stand beside or below it, never in the working directory. */
  readonly checkout: string;
  readonly home: string;
  readonly keys: string;
  readonly anchors: string;
  /** Secrets of services, one directory per tenant. */
  readonly secrets: string;
  /** Null: the server decides. */
  readonly models: string | null;
  readonly url: string | null;
  readonly apiKey: string | null;
  readonly port: string | null;
  /** Show what failed inside, with stack, on an `internal` failure. */
  readonly debug: boolean;
  /** What a server started by this command gets. */
  readonly forServer: Readonly<Record<string, string>>;
}

/** Reads `source` once. Relative paths are taken from `cwd`; an empty variable counts as unset. */
export function readEnvironment(
  source: Readonly<Record<string, string | undefined>> = process.env,
  cwd: string = process.cwd(),
): Environment {
  const checkout = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
  const path = (name: string): string | null => {
    const given = source[name];
    return given === undefined || given === '' ? null : absolute(given, cwd);
  };
  const text = (name: string): string | null => source[name] || null;
  const given = (name: string): Record<string, string> => {
    const found = path(name);
    return found === null ? {} : { [name]: found };
  };
  const home = path('CORDON_HOME') ?? join(checkout, '.cordon');
  return {
    checkout,
    home,
    keys: path('CORDON_KEYS') ?? `${home}-keys`,
    anchors: path('CORDON_ANCHORS') ?? `${home}-anchors`,
    secrets: path('CORDON_SECRETS') ?? `${home}-secrets`,
    models: path('CORDON_MODELS'),
    url: text('CORDON_URL')?.replace(/\/+$/, '') ?? null,
    apiKey: text('CORDON_API_KEY'),
    port: text('CORDON_PORT'),
    debug: text('CORDON_DEBUG') !== null,
    forServer: {
      ...serverVariables(source),
      CORDON_HOME: home,
      ...given('CORDON_KEYS'),
      ...given('CORDON_ANCHORS'),
      ...given('CORDON_SECRETS'),
      ...given('CORDON_MODELS'),
    },
  };
}

function absolute(given: string, cwd: string): string {
  if (given === '~' || given.startsWith('~/')) return join(homedir(), given.slice(1));
  return isAbsolute(given) ? given : resolve(cwd, given);
}

/** Those of this command alone; the server takes an unknown CORDON_ variable for a misspelt setting. */
const NOT_FOR_SERVER = new Set(['CORDON_URL', 'CORDON_API_KEY', 'CORDON_DEBUG']);

function serverVariables(source: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const pairs = Object.entries(source).filter(([name]) => !NOT_FOR_SERVER.has(name));
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
