// OpenAI's data retention controls: of the project that the row's `account` names (`proj_…`), else of its organisation
// (API reference, "Data retention"). They answer to an admin key alone: the secret `NAME-admin` beside the row's credential `NAME`.
import { ProblemError } from '@cordon/contract';
import { readConfiguration, SILENT, type Finding, type VendorProbe } from './probe.ts';

const PROJECT = /^proj_[A-Za-z0-9]{1,80}$/;

/** Days for which prompts and answers are kept to look for abuse where nothing else was agreed. */
const DEFAULT_DAYS = 30;

/** What `type` says about what is kept. With modified monitoring content stays out of the logs, of which no days are stated. */
const KEPT: Readonly<Record<string, Finding>> = {
  none: { retentionDays: DEFAULT_DAYS },
  zero_data_retention: { retentionDays: 0 },
  enhanced_zero_data_retention: { retentionDays: 0 },
  modified_abuse_monitoring: SILENT,
  enhanced_modified_abuse_monitoring: SILENT,
};

export const probeOpenAi: VendorProbe = async (door, target, signal) => {
  const { account, credential } = target.service;
  if (account === null || credential === null || !PROJECT.test(account)) return SILENT;
  const asAdmin = { ...target, service: { ...target.service, credential: `${credential}-admin` } };
  const headers = { authorization: `Bearer ${(await door.secret(asAdmin)) ?? ''}` };
  const typeAt = async (path: string): Promise<unknown> =>
    (await readConfiguration(door, asAdmin, { path, headers }, signal))['type'];
  let type = await typeAt(`/organization/projects/${account}/data_retention`);
  if (type === 'organization_default') type = await typeAt('/organization/data_retention');
  const kept = typeof type === 'string' ? KEPT[type] : undefined;
  if (kept === undefined) throw new ProblemError('upstream_invalid', { reason: 'configuration' });
  return kept;
};
