// References that travel in headers, rows and the ledger must be opaque: this tells apart what looks like a person
// (45 CFR 164.514(b)(2)(i): names, telephone numbers, e-mail addresses, social security numbers) from what may pass.
import { z } from 'zod';
import { MAX_REFERENCE_CHARS } from './limits.ts';

/** What a value looks like when it is no opaque reference. */
export type Likeness = 'ssn' | 'phone' | 'email' | 'name' | 'birth-date';

// SSA: area 001–899 without 666, group and serial never all zeros; the same shape with 9xx is a taxpayer number (IRS ITIN).
const SSN_DIGITS = /^(?!000|666)\d{3}(?!00)\d{2}(?!0000)\d{4}$/;
const SSN_SEPARATED = /(?<![A-Za-z0-9])(?!000|666)\d{3}([-. _])(?!00)\d{2}\1(?!0000)\d{4}(?![A-Za-z0-9])/;

// North American numbers: area and exchange begin with 2–9 (NANPA); others by their international prefix (ITU-T E.164).
const PHONE_DIGITS = /^1?[2-9]\d{2}[2-9]\d{6}$/;
const PHONE_SEPARATED = /(?<![A-Za-z0-9])(?:1[-. _])?\(?[2-9]\d{2}\)?[-. _]{1,2}[2-9]\d{2}[-. _]\d{4}(?![A-Za-z0-9])/;
const PHONE_INTERNATIONAL = /(?:^|[^A-Za-z0-9])\+\d[\d() .-]{6,}\d/;

const EMAIL = /[^\s@]@[^\s@]/;

const BIRTH_DATE =
  /^(?:(?:19|20)\d{2}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:19|20)\d{2})$/;

// Two words that begin with a capital: Jane-Doe-80, JaneDoe80, DOE_Jane. Letters of every script.
const TWO_CAPITALISED = /(?<![\p{L}\p{N}])\p{Lu}[\p{Ll}'’]+[-_.,:;/|^~ ]*\p{Lu}[\p{Ll}'’]+/u;
const SHOUTED_PAIR = /(?<![\p{L}\p{N}])\p{L}{2,}(?:\^|,\s*| )\p{L}{2,}/u;
// The local part of a usual address: jane.doe, jane.doe80.
const DOTTED_PAIR = /^\p{L}{2,}\.\p{L}{2,}\d{0,4}$/u;

/**
 * What `value` looks like, or null when it may pass as an opaque reference.
 * A value without any digit is taken for a name: nothing made by a machine to be unique lacks one.
 */
export function personLikeness(value: string): Likeness | null {
  const bare = value.trim();
  if (EMAIL.test(bare)) return 'email';
  if (BIRTH_DATE.test(bare)) return 'birth-date';
  if (SSN_DIGITS.test(bare) || SSN_SEPARATED.test(bare)) return 'ssn';
  if (PHONE_DIGITS.test(bare) || PHONE_SEPARATED.test(bare) || PHONE_INTERNATIONAL.test(bare)) return 'phone';
  return looksLikeName(bare) ? 'name' : null;
}

function looksLikeName(bare: string): boolean {
  return !/\p{N}/u.test(bare) || TWO_CAPITALISED.test(bare) || SHOUTED_PAIR.test(bare) || DOTTED_PAIR.test(bare);
}

/** Letters, digits and the marks that identifiers of record systems use. No space, no control, no `@`, no `+`. */
const REFERENCE_FORM = /^[A-Za-z0-9][A-Za-z0-9._:~|/=-]*$/;

/** An opaque reference to a patient, visit or the like. Refused with `phi_in_header` when it looks like a person. */
export const OpaqueReference = z
  .string()
  .min(1)
  .max(MAX_REFERENCE_CHARS)
  .superRefine((value, context) => {
    if (value.length > MAX_REFERENCE_CHARS) return; // refused already; patterns are for short texts
    if (personLikeness(value) !== null) {
      context.addIssue({ code: 'custom', params: { problem: 'phi_in_header' }, message: 'not opaque' });
    } else if (!REFERENCE_FORM.test(value)) {
      context.addIssue({ code: 'custom', message: 'not of the form of a reference' });
    }
  })
  .meta({
    id: 'OpaqueReference',
    description:
      'An opaque reference: letters, digits and . _ : ~ | / = -, at least one digit. A value that looks like a name, telephone number, e-mail address, date of birth or social security number is refused (phi_in_header).',
    pattern: REFERENCE_FORM.source,
    examples: ['mrn-0042-7731', 'enc-2026-000815'],
  });
