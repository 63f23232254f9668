// The only place where the server reads the environment.

/** Variables that the server knows. Others that begin with CORDON_ are reported, because a misspelt setting is a setting not made. */
const VARIABLES = [
  'CORDON_HOME',
  'CORDON_KEYS',
  'CORDON_ANCHORS',
  'CORDON_SECRETS',
  'CORDON_MODELS',
  'CORDON_SPEECH_MODEL',
  'CORDON_HOST',
  'CORDON_PORT',
  'CORDON_NO_APT',
  'CORDON_AIR_GAPPED',
  'CORDON_NO_FETCH',
  'CORDON_KEY_BACKUP_DAYS',
  'CORDON_RETENTION_PROFILE',
  'CORDON_LOG_LEVEL',
  'DATABASE_URL',
  'DATABASE_URL_FILE',
] as const;

/** Read by the CLI and by the test suite; no fault when the server sees them. */
const OF_OTHERS = new Set(['CORDON_URL', 'CORDON_API_KEY', 'CORDON_TEST_DATABASE_URL']);

export type Environment = Readonly<Partial<Record<(typeof VARIABLES)[number], string>>>;

export interface EnvironmentReading {
  readonly values: Environment;
  /** Names that begin with CORDON_ and mean nothing. */
  readonly unknown: readonly string[];
}

/** An empty variable counts as not set, as in `docker compose` files. */
export function readEnvironment(source: NodeJS.ProcessEnv = process.env): EnvironmentReading {
  const given = VARIABLES.map((name) => [name, source[name] ?? ''] as const).filter(([, value]) => value !== '');
  const known = new Set<string>([...VARIABLES, ...OF_OTHERS]);
  return {
    values: Object.freeze(Object.fromEntries(given)),
    unknown: Object.keys(source).filter((name) => name.startsWith('CORDON_') && !known.has(name)),
  };
}
