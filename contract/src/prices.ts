// Prices as dated rows (spec boundary §6): nothing about money is a constant of the program.
import { z } from 'zod';
import { Day, Label } from './fields.ts';

/** Dollars as a decimal text, up to nine places: a binary fraction is no price. */
const Dollars = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,9})?$/)
  .meta({ examples: ['1.50'] });

/** What a service costs in a span of days. Kinds that a row does not have cost nothing; a kind nobody prices makes the cost unknown. */
export const Price = z.strictObject({
  from: Day,
  to: Day.nullable().default(null).meta({ description: 'The first day on which it no longer holds.' }),
  source: Label,
  tokens: z
    .strictObject({ input: Dollars, cachedInput: Dollars.exactOptional(), output: Dollars })
    .exactOptional()
    .meta({ description: 'Dollars per million tokens.' }),
  audio: z
    .strictObject({
      minute: Dollars,
      incrementSeconds: z.number().int().min(1).max(3_600).default(1),
      minimumSeconds: z.number().int().min(0).max(3_600).default(0),
    })
    .exactOptional()
    .meta({
      description: 'Dollars per minute of sound, rounded up to the increment and to the minimum of a request.',
    }),
  hours: z
    .strictObject({ rate: Dollars, units: z.number().int().min(1).max(100_000), of: z.enum(['provisioned', 'host']) })
    .exactOptional()
    .meta({ description: 'Dollars per hour and unit, used or not.' }),
});
export type Price = z.infer<typeof Price>;
