// The shape of cordon.yaml. Strict: a key that is not known is a fault, not ignored.
import { z } from 'zod';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
/** `record`: prompts, outputs and drafts live as long as the note; `minimise`: 30 days (spec custody §4). */
export const RETENTION_PROFILES = ['record', 'minimise'] as const;
export type RetentionProfile = (typeof RETENTION_PROFILES)[number];

const path = z.string().min(1);
const ConfigFile = z.strictObject({
  host: z.string().min(1).exactOptional(),
  port: z.int().min(0).max(65_535).exactOptional(),
  /** Further host names under which the server is reached. */
  hosts: z.array(z.string().min(1)).exactOptional(),
  tls: z.strictObject({ certificate: path, key: path }).exactOptional(),
  /** The way out to services in a cloud (docs/operate/configuration.md). */
  egress_proxy: z
    .strictObject({
      url: z.string().min(1),
      names: z.enum(['here', 'proxy']).exactOptional(),
      services: z.array(z.string().min(1)).min(1).exactOptional(),
    })
    .exactOptional(),
  behind_proxy: z.strictObject({ trusted: z.array(z.string()).min(1) }).exactOptional(),
  models: path.exactOptional(),
  speech_model: z.string().min(1).exactOptional(),
  air_gapped: z.boolean().exactOptional(),
  fetch_models: z.boolean().exactOptional(),
  install_packages: z.boolean().exactOptional(),
  key_backup_days: z.int().min(0).max(365).exactOptional(),
  retention_profile: z.enum(RETENTION_PROFILES).exactOptional(),
  log_level: z.enum(LOG_LEVELS).exactOptional(),
});
export type ConfigFile = z.infer<typeof ConfigFile>;

/** `text` null: there is no file. Faults name keys, never values, because a secret may have been put where none belongs. */
export function parseFile(text: string | null, parseYaml: (text: string) => unknown, faults: string[]): ConfigFile {
  if (text === null) return {};
  let content: unknown;
  try {
    content = parseYaml(text) ?? {};
  } catch {
    faults.push('cordon.yaml is not YAML');
    return {};
  }
  const parsed = ConfigFile.safeParse(content);
  if (parsed.success) return parsed.data;
  faults.push(...parsed.error.issues.map(describeIssue));
  return {};
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const at = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return `cordon.yaml: ${at === '' ? '' : `${at}: `}unknown ${issue.keys.filter((key) => /^\w{1,40}$/.test(key)).join(', ') || 'key'}`;
  }
  return `cordon.yaml: ${at === '' ? 'it' : at} is not as docs/operate/configuration.md says`;
}
