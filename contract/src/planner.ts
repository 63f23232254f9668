// The planner and the pattern advisor on the wire (spec boundary §2, §6, docs/formats/costs.md).
import { z } from 'zod';
import { DataClass, Pattern, Purpose } from './context.ts';
import type { Route } from './route.ts';

const quantity = z.number().min(0).max(1_000_000_000);
const dollars = z.string().regex(/^\d{1,9}(\.\d{1,9})?$/);
/** A divisor: nothing is recognised in no time, and no host lasts no year. */
const divisor = z.number().min(0.001).max(1_000_000_000);
interface Rising {
  readonly low: number | string;
  readonly base: number | string;
  readonly high: number | string;
}
const rises = ({ low, base, high }: Rising): boolean => Number(low) <= Number(base) && Number(base) <= Number(high);
const range = <T extends z.ZodType<number | string>>(value: T) =>
  z
    .union([
      value,
      z.strictObject({ low: value, base: value, high: value }).refine((given) => rises(given as unknown as Rising)),
    ])
    .exactOptional();

/** A quantity, or its low, likely and high value. */
const Quantity = range(quantity);
const Divisor = range(divisor);
/** An amount of dollars as a decimal text, or its low, likely and high value. */
const Dollars = range(dollars);

/** What is not given is measured where there are records, else assumed; the answer says which. */
export const PlannerInputs = z.strictObject({
  clinicians: Quantity,
  encountersPerDay: Quantity,
  workingDays: Quantity,
  minutesPerEncounter: Quantity,
  wordsPerMinute: Quantity,
  tokensPerWord: Quantity,
  promptTokens: Quantity,
  cachedTokens: Quantity,
  inputTokens: Quantity,
  outputTokens: Quantity,
  openHours: Divisor,
  peakFactor: Quantity,
  inputPrice: Dollars,
  cachedPrice: Dollars,
  outputPrice: Dollars,
  speechMinute: Dollars,
  gpuHour: Dollars,
  realTimeFactor: Divisor,
  idleFactor: Quantity,
  provisionedUnits: Quantity,
  provisionedHour: Dollars,
  modelHosts: Quantity,
  deidHosts: Quantity,
  streamsPerHost: Divisor,
  hostPrice: Dollars,
  hostYear: Dollars,
  amortisationYears: Divisor,
  personYear: Dollars,
  staffBaaCloud: Quantity,
  staffDeidCloud: Quantity,
  staffVpc: Quantity,
  staffOnPrem: Quantity,
});

/** What the advisor asks. */
export const AdvisorQuestions = z.strictObject({
  dataClass: DataClass,
  purpose: Purpose,
  residency: z.enum(['none', 'country', 'state', 'own-premises', 'air-gapped']),
  monthsToDeploy: z.number().int().min(0).max(120),
  capability: z.enum(['adequate', 'strong', 'frontier']),
});
export type AdvisorQuestions = z.infer<typeof AdvisorQuestions>;

export const PlannerRequest = z
  .strictObject({
    inputs: PlannerInputs.default({}),
    advisor: AdvisorQuestions.nullable().default(null),
  })
  .meta({ id: 'PlannerRequest' });
export type PlannerRequest = z.infer<typeof PlannerRequest>;

const Three = z.strictObject({ low: z.string(), base: z.string(), high: z.string() });

const PatternCost = z.strictObject({
  pattern: Pattern,
  perYear: Three.meta({ description: 'Dollars.' }),
  perEncounter: Three.meta({ description: 'Dollars.' }),
  lines: z.array(z.strictObject({ what: z.string(), formula: z.string(), perYear: z.string() })),
  drivers: z.array(
    z.strictObject({
      input: z.string(),
      atLow: z.string(),
      atHigh: z.string(),
      swing: z.string().meta({ description: 'Dollars a year between its ends, all else likely.' }),
    }),
  ),
  flags: z.array(z.enum(['below_a_tenth_of_a_cent', 'above_five_dollars'])),
});

/** The worked example of the deployment literature, step by step: what it says, its own arithmetic, and what is right. */
const LiteratureStep = z.strictObject({
  step: z.string(),
  stated: z.string(),
  asComputedThere: z.string(),
  right: z.string(),
  verdict: z.enum(['holds', 'off']),
  factor: z.string().nullable(),
  why: z.string(),
});

const Placed = z.strictObject({
  x: z.number().min(0).max(1).meta({ description: 'Sensitivity of the data: 0 public, 1 PHI.' }),
  y: z.number().min(0).max(1).meta({ description: 'Strictness of residency: 0 none, 1 air-gapped.' }),
});

export const Advice = z.strictObject({
  at: Placed,
  ranking: z.array(
    z.strictObject({
      pattern: Pattern,
      fits: z.boolean(),
      at: Placed,
      reasons: z.array(z.string()),
      tradeOffs: z.array(z.string()),
      monthsToDeploy: z.strictObject({ low: z.number().int(), high: z.number().int() }),
      capabilityLagMonths: z.strictObject({ low: z.number().int(), high: z.number().int() }),
    }),
  ),
  services: z.array(Placed.extend({ service: z.string(), pattern: Pattern, enabled: z.boolean() })),
});
export type Advice = z.infer<typeof Advice>;

export const PlannerReport = z
  .strictObject({
    encountersPerYear: Three,
    inputs: z.array(
      z.strictObject({
        input: z.string(),
        unit: z.string(),
        low: z.string(),
        base: z.string(),
        high: z.string(),
        from: z.enum(['given', 'measured', 'assumed']),
        why: z.string(),
      }),
    ),
    patterns: z.array(PatternCost),
    services: z.array(
      z.strictObject({
        service: z.string(),
        pattern: Pattern,
        perYear: z
          .string()
          .nullable()
          .meta({ description: 'At the likely volume and its own prices; null: not priced.' }),
        perEncounter: z.string().nullable(),
      }),
    ),
    literature: z.array(LiteratureStep),
    advice: Advice.nullable(),
  })
  .meta({ id: 'PlannerReport' });
export type PlannerReport = z.infer<typeof PlannerReport>;

export const plannerRoutes = {
  plan: {
    method: 'POST',
    path: '/api/planner',
    summary: 'What each deployment pattern costs a year and an encounter, what drives it, and which pattern fits',
    tag: 'boundary',
    audience: 'both',
    permission: 'planner.use',
    body: { kind: 'json', schema: PlannerRequest },
    replies: [{ status: 200, description: 'The comparison.', content: [{ kind: 'json', schema: PlannerReport }] }],
    errors: [],
    ledger: { none: 'A calculation: nothing is called and nothing is changed.' },
  },
} as const satisfies Record<string, Route>;
