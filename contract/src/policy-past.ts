// Past decisions made again, on the wire: what is asked, what came of it (spec boundary §3.3).
import { z } from 'zod';
import { DataClass, Pattern } from './context.ts';
import { Count, Id, LedgerIndex, Time } from './fields.ts';
import { MAX_LABEL_CHARS, MAX_LIST_ITEMS, MAX_WORD_CHARS } from './limits.ts';
import { Feature, PolicyDocument } from './policy.ts';

const ServiceId = z.string().min(1).max(200);

/** Rows as they would be. What is left out of a row stays as it is. */
const WhatIf = z
  .strictObject({
    services: z
      .array(
        z.strictObject({
          id: ServiceId,
          enabled: z.boolean().exactOptional(),
          stage: z.enum(['ga', 'preview', 'unknown']).exactOptional(),
          pattern: Pattern.exactOptional(),
          isolation: z.enum(['shared', 'dedicated', 'self-hosted']).exactOptional(),
          trainsOnContent: z.enum(['never', 'opt-out', 'unknown']).exactOptional(),
          retentionDays: z.union([z.number().int().min(0).max(36_500), z.literal('unknown')]).exactOptional(),
          dataClasses: z.array(DataClass).max(MAX_LIST_ITEMS).exactOptional(),
          features: z.array(Feature).max(MAX_LIST_ITEMS).exactOptional(),
        }),
      )
      .max(MAX_LIST_ITEMS)
      .exactOptional(),
    agreements: z
      .array(
        z.strictObject({
          id: z.string().min(1).max(MAX_LABEL_CHARS),
          terminated: z.boolean().exactOptional(),
          effective: Time.exactOptional(),
          expires: Time.nullable().exactOptional(),
          services: z.array(ServiceId).max(MAX_LIST_ITEMS).exactOptional(),
          regions: z.array(z.string().min(1).max(MAX_WORD_CHARS)).max(MAX_LIST_ITEMS).exactOptional(),
        }),
      )
      .max(MAX_LIST_ITEMS)
      .exactOptional(),
  })
  .meta({ id: 'RegistryWhatIf' });

export const WindowOfTime = { from: Time.exactOptional(), to: Time.exactOptional() };

/** Past decisions made again under what is given; what is left out is what is live. */
export const SimulateRequest = z
  .strictObject({
    ...WindowOfTime,
    policy: PolicyDocument.exactOptional(),
    policyVersion: z.number().int().min(1).max(2_147_483_647).exactOptional(),
    registry: WhatIf.exactOptional(),
    at: Time.exactOptional().meta({
      description: 'The moment that agreements are judged at; each call’s own without it.',
    }),
  })
  .meta({ id: 'SimulateRequest' });

export type SimulateRequest = z.infer<typeof SimulateRequest>;

const Tally = z.strictObject({
  decisions: Count,
  nowRefused: Count,
  nowAllowed: Count,
  rerouted: Count,
  otherReason: Count.meta({ description: 'Refused before and now, by another code.' }),
});
const TallyBy = z.array(Tally.extend({ name: z.string() }));
const Outcome = z.strictObject({ code: z.string(), service: z.string().nullable() });

const Progress = z.strictObject({ state: z.literal('running'), decisions: Count, ofEntries: Count, entries: Count });

export const SimulationEvent = z
  .discriminatedUnion('state', [
    Progress,
    z.strictObject({
      state: z.literal('done'),
      total: Tally,
      byActor: TallyBy,
      byPurpose: TallyBy,
      byService: TallyBy.meta({ description: 'By the service of the recorded decision.' }),
      examples: z.array(
        z.strictObject({
          request: Id,
          count: Count,
          actor: z.string(),
          purpose: z.string(),
          before: Outcome,
          after: Outcome,
        }),
      ),
      unreadable: Count.meta({
        description: 'Entries whose facts are destroyed, or older than what simulation reads.',
      }),
      registry: z.string(),
      policy: z.string(),
    }),
  ])
  .meta({ id: 'SimulationEvent' });
export type SimulationEvent = z.infer<typeof SimulationEvent>;

export const ReplayEvent = z
  .discriminatedUnion('state', [
    Progress,
    z.strictObject({
      state: z.literal('done'),
      same: Count,
      different: Count,
      examples: z.array(
        z.strictObject({
          request: Id,
          index: LedgerIndex,
          member: z.string().meta({ description: 'What of the recorded decision came out otherwise.' }),
        }),
      ),
      unreadable: Count,
    }),
  ])
  .meta({ id: 'ReplayEvent' });
export type ReplayEvent = z.infer<typeof ReplayEvent>;
