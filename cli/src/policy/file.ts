// A policy in a file: YAML or JSON, refused with every member at fault named before a server is asked.
import { PolicyDocument } from '@cordon/contract';
import { parse } from 'yaml';
import { Refusal } from '#failure.ts';
import { readSmallFile } from '#home/files.ts';
import { brief } from '#terminal/printable.ts';

/** Faults told at once; whoever has more corrects these first. */
const MAX_FAULTS = 20;

/** Errors: `file_unreadable`, `policy_invalid`. */
export async function readPolicyFile(path: string): Promise<PolicyDocument> {
  const text = (await readSmallFile(path)).toString('utf8');
  const parsed = PolicyDocument.safeParse(yamlOf(text));
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const lines = issues.slice(0, MAX_FAULTS).map((issue) => {
    const at = issue.path.map(String).join('.');
    const unknown = issue.code === 'unrecognized_keys' ? `: ${issue.keys.join(', ')}` : '';
    return brief(`${at === '' ? 'the document' : at}: ${issue.message}${unknown}`);
  });
  const more = issues.length > MAX_FAULTS ? [`and ${issues.length - MAX_FAULTS} more`] : [];
  throw new Refusal('policy_invalid', ...lines, ...more);
}

function yamlOf(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100, uniqueKeys: true });
  } catch {
    throw new Refusal('policy_invalid', 'the file is not YAML');
  }
}
