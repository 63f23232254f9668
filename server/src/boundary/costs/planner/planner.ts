// The planner as a whole (spec boundary §6): a described organisation in, four patterns compared, services at their own prices, the
// literature's example put right, and advice where it is asked for. Pure.
import { PATTERNS, type PlannerReport, type PlannerRequest, type Price } from '@cordon/contract';
import type { Service } from '#boundary/policy/snapshot.ts';
import { pricesAt } from '../cost.ts';
import { advise } from './advisor.ts';
import { at, compare, encounterRange, inputRows, money } from './compare.ts';
import { divided, type Micro, micro, type MeasuredInputs, ONE, resolveInputs, times } from './inputs.ts';
import { literatureSteps } from './literature.ts';
import { encountersOf, inputTokensOf, minutesOf, modelByToken, totalOf, type Values, valueOf } from './patterns.ts';

export interface Registered {
  readonly services: readonly Service[];
  readonly prices: ReadonlyMap<string, readonly Price[]>;
}

export function plan(
  request: PlannerRequest,
  measured: MeasuredInputs,
  registered: Registered,
  now: Date,
): PlannerReport {
  const inputs = resolveInputs(request.inputs, measured);
  const base = at(inputs, 'base');
  const encounters = encountersOf(base);
  return {
    encountersPerYear: encounterRange(inputs),
    inputs: inputRows(inputs),
    patterns: PATTERNS.map((pattern) => compare(pattern, inputs)),
    services: registered.services.map((service) => {
      const perYear = yearOf(service, registered.prices.get(service.id) ?? [], base, now);
      return {
        service: service.id,
        pattern: service.pattern,
        perYear: perYear === null ? null : money(perYear),
        perEncounter: perYear === null ? null : money(divided(perYear, encounters)),
      };
    }),
    literature: [...literatureSteps()],
    advice: request.advisor === null ? null : advise(request.advisor, Number(encounters / ONE), registered.services),
  };
}

const HOURS_OF_YEAR = micro(8_760);
const SECONDS_OF_MINUTE = micro(60);

/** A year of a registered service at its own prices and the likely volume; null when nobody priced what it does. */
function yearOf(service: Service, prices: readonly Price[], values: Values, now: Date): Micro | null {
  const { tokens, audio, hours } = pricesAt(prices, now);
  if (hours !== undefined) return times(micro(hours.units), HOURS_OF_YEAR, micro(hours.rate));
  if (service.capability === 'transcribe') return audio === undefined ? null : soundYear(audio, values);
  if (tokens === undefined) return null;
  const cachedPrice = micro(tokens.cachedInput ?? tokens.input);
  const priced = { ...values, inputPrice: micro(tokens.input), cachedPrice, outputPrice: micro(tokens.output) };
  // An embedding has no output.
  const used =
    service.capability === 'embed' ? { ...priced, outputTokens: 0n, inputTokens: inputTokensOf(values) } : priced;
  return totalOf(modelByToken(used));
}

function soundYear({ minute, minimumSeconds }: NonNullable<Price['audio']>, values: Values): Micro {
  const least = divided(micro(minimumSeconds), SECONDS_OF_MINUTE);
  const each = valueOf(values, 'minutesPerEncounter');
  const minutes = each < least ? times(encountersOf(values), least) : minutesOf(values);
  return times(minutes, micro(minute));
}
