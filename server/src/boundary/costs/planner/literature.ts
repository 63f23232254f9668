// The worked example of the deployment literature, computed twice: by its own arithmetic, which reads "per million" as "per thousand" and
// files output under input, and as it should be. Nothing here is a constant but what the example states and the sizes it should have used.
import type { PlannerReport } from '@cordon/contract';
import { dollarText, type NanoDollars, nanoDollars } from '../money.ts';

type Step = PlannerReport['literature'][number];

/** What the example states. */
const STATED = {
  clinicians: 1_000n,
  encountersPerDay: 20n,
  workingDays: 250n,
  minutes: 15n,
  inputTokens: 2_500_000_000n,
  outputTokens: 250_000_000n,
  outputTokensEach: 500n,
  inputPrice: '1.50',
  outputPrice: '7.50',
} as const;

/** A price list's per-minute rate for medical speech recognition, 2026. */
const MEDICAL_SPEECH_MINUTE = '0.075';
/** Tokens per minute of a consultation with speaker labels, and of a template: from published corpora. */
const TOKENS_PER_MINUTE = 250n;
const PROMPT_TOKENS = 1_750n;

const MILLION = 1_000_000n;
const THOUSAND = 1_000n;

export function literatureSteps(): readonly Step[] {
  const encounters = STATED.clinicians * STATED.encountersPerDay * STATED.workingDays;
  const output = encounters * STATED.outputTokensEach;
  const each = STATED.minutes * TOKENS_PER_MINUTE + PROMPT_TOKENS;
  return [
    {
      step: 'Encounters a year',
      stated: count(5_000_000n),
      asComputedThere: `1,000 clinicians × 20 a day × 250 days = ${count(encounters)}`,
      right: count(encounters),
      verdict: 'holds',
      factor: null,
      why: 'Only with 250 working days: 220 make 4.4 million. Days are an input here.',
    },
    {
      step: 'Output tokens a year',
      stated: count(STATED.outputTokens),
      asComputedThere: `${count(encounters)} × ${count(STATED.outputTokens / encounters)} = ${count(STATED.outputTokens)}`,
      right: `${count(encounters)} × ${count(STATED.outputTokensEach)} = ${count(output)}`,
      verdict: 'off',
      factor: ratio(output, STATED.outputTokens),
      why: 'The example says 500 tokens a note; its sum has 50, a sentence.',
    },
    {
      step: 'Input tokens a year',
      stated: count(STATED.inputTokens),
      asComputedThere: `${count(encounters)} × ${count(STATED.inputTokens / encounters)} = ${count(STATED.inputTokens)}`,
      right: `${count(encounters)} × ${count(each)} = ${count(encounters * each)}`,
      verdict: 'off',
      factor: ratio(encounters * each, STATED.inputTokens),
      why: 'A visit of 15 minutes is about 3,750 tokens and its template 1,750 more; 500 are two minutes of speech. The figure is that of the output.',
    },
    priced('Input cost a year', STATED.inputTokens, STATED.inputPrice),
    priced('Output cost a year', STATED.outputTokens, STATED.outputPrice),
    totalStep(encounters),
    speechStep(encounters),
  ];
}

function priced(step: string, tokens: bigint, price: string): Step {
  const there = (tokens * nanoDollars(price)) / THOUSAND;
  const right = (tokens * nanoDollars(price)) / MILLION;
  return {
    step,
    stated: dollarsOf(there),
    asComputedThere: `${count(tokens)} ÷ 1,000 × $${price} = ${dollarsOf(there)}`,
    right: `${count(tokens)} ÷ 1,000,000 × $${price} = ${dollarsOf(right)}`,
    verdict: 'off',
    factor: ratio(there, right),
    why: 'The price is per million tokens and was multiplied as per thousand.',
  };
}

function totalStep(encounters: bigint): Step {
  const sum = (per: bigint): NanoDollars =>
    (STATED.inputTokens * nanoDollars(STATED.inputPrice) + STATED.outputTokens * nanoDollars(STATED.outputPrice)) / per;
  return {
    step: 'Cost a year',
    stated: dollarsOf(sum(THOUSAND)),
    asComputedThere: dollarsOf(sum(THOUSAND)),
    right: `${dollarsOf(sum(MILLION))}, ${dollarsOf(sum(MILLION) / encounters)} an encounter`,
    verdict: 'off',
    factor: ratio(sum(THOUSAND), sum(MILLION)),
    why: 'With the token counts of the example. With sizes as they are, see the patterns above.',
  };
}

function speechStep(encounters: bigint): Step {
  const minutes = encounters * STATED.minutes;
  const cost = minutes * nanoDollars(MEDICAL_SPEECH_MINUTE);
  return {
    step: 'Speech recognition a year',
    stated: 'not in the example',
    asComputedThere: 'not in the example',
    right: `${count(minutes)} minutes × $${MEDICAL_SPEECH_MINUTE} = ${dollarsOf(cost)}`,
    verdict: 'off',
    factor: null,
    why: 'By chance the very sum that the example gives for the model: millions are right for medical speech recognition, not for the model.',
  };
}

function count(amount: bigint): string {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `$3,750`; below a dollar with its places. */
function dollarsOf(amount: NanoDollars): string {
  const [whole = '', fraction = ''] = dollarText(amount).split('.');
  return `$${count(BigInt(whole))}${fraction === '00' ? '' : `.${fraction}`}`;
}

function ratio(a: bigint, b: bigint): string {
  const tenths = a > b ? (a * 10n) / b : (b * 10n) / a;
  return `${tenths / 10n}${tenths % 10n === 0n ? '' : `.${tenths % 10n}`} times`;
}
