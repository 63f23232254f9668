// Registry files: YAML in and out (docs/formats/registry.md §2). Strict: an unknown member, a number where a text belongs, a key given
// twice are faults, each told by its path; nothing is guessed.
import { AgreementsFile, MAX_REGISTRY_FILE_BYTES, ProblemError, ServicesFile } from '@cordon/contract';
import type { AgreementTerms, ServiceTerms } from '@cordon/contract';
import { parseDocument, stringify } from 'yaml';
import type { z } from 'zod';

/** Faults that are told; how many there were is said in any case. */
const MAX_FAULTS = 50;
/** Characters of a path that is told: our own names are short, and what is longer was made up. */
const MAX_PATH_CHARS = 160;
/** An alias is a convenience of a few lines; thousands of them are an attack. */
const MAX_ALIASES = 100;

/** Errors: `registry_invalid` {lines, faults}, `payload_too_large`, whatever `bytes` throws. */
export async function readServicesFile(bytes: AsyncIterable<Uint8Array>): Promise<ServiceTerms[]> {
  return parsed(ServicesFile, await textOf(bytes)).services;
}

/** Errors: as `readServicesFile`. */
export async function readAgreementsFile(bytes: AsyncIterable<Uint8Array>): Promise<AgreementTerms[]> {
  return parsed(AgreementsFile, await textOf(bytes)).agreements;
}

export function writeServicesFile(services: readonly ServiceTerms[]): string {
  return stringify({ services }, { lineWidth: 0, aliasDuplicateObjects: false });
}

export function writeAgreementsFile(agreements: readonly AgreementTerms[]): string {
  return stringify({ agreements }, { lineWidth: 0, aliasDuplicateObjects: false });
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.length;
    if (total > MAX_REGISTRY_FILE_BYTES) throw new ProblemError('payload_too_large');
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new ProblemError('registry_invalid', { lines: ['the file is not UTF-8'], faults: 1 });
  }
}

function parsed<S extends z.ZodType>(schema: S, text: string): z.output<S> {
  const result = schema.safeParse(yamlOf(text));
  if (result.success) return result.data;
  const lines = result.error.issues.flatMap(linesOf);
  throw new ProblemError('registry_invalid', { lines: lines.slice(0, MAX_FAULTS), faults: lines.length });
}

function yamlOf(text: string): unknown {
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true, prettyErrors: false });
  const faults = document.errors.map(({ code, pos: [at] }) => `line ${lineOf(text, at)}: ${code}`);
  if (faults.length > 0)
    throw new ProblemError('registry_invalid', { lines: faults.slice(0, MAX_FAULTS), faults: faults.length });
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    throw new ProblemError('registry_invalid', { lines: ['too many aliases'], faults: 1 });
  }
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/** Our own words and names; of what stood there only member names that could be meant for ours. */
function linesOf(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String).join('.').slice(0, MAX_PATH_CHARS);
  const at = path === '' ? '' : `${path}.`;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${at}${/^[A-Za-z][\w-]{0,40}$/.test(key) ? key : '…'}: unknown member`);
  if (issue.code === 'invalid_type') return [`${path}: ${issue.expected} needed`];
  if (issue.code === 'invalid_value') return [`${path}: one of ${issue.values.map(String).join(', ')}`];
  return [`${path}: ${issue.code}`];
}
