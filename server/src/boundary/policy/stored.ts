// Policies as they were stored: those of the first form are read as the second, with what was code in their day written out.
import type { Capability, DataClass } from './intent.ts';
import type { Pattern } from './decision.ts';
import type { Policy } from '@cordon/contract';
import { STARTER_POLICY } from './starter.ts';

/** The first form: a list of purposes. */
export interface PolicyOfFirstForm {
  readonly id: string;
  readonly version: number;
  readonly purposes: readonly {
    readonly purpose: string;
    readonly capabilities: readonly Capability[];
    readonly highestDataClass: DataClass;
    readonly patterns: readonly Pattern[];
    readonly review: 'before-release' | 'caller' | 'clinician';
    readonly consent: 'needed' | 'not-needed';
  }[];
}

export function readStored(stored: Policy | PolicyOfFirstForm): Policy {
  if ('format' in stored) return stored;
  const { settings, zones, sensitivity } = STARTER_POLICY;
  const purposes = stored.purposes.map((purpose): Policy['purposes'][number] => ({
    ...purpose,
    capabilities: [...purpose.capabilities],
    patterns: [...purpose.patterns],
    grounding: 'none',
    steps: [],
    retain: 'clinical',
  }));
  return { format: 2, id: stored.id, version: stored.version, settings, zones, purposes, sensitivity, rules: [] };
}
