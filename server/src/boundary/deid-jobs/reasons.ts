// Why a span was found, for a person, without a word of the text.
import type { Category, Span } from '@cordon/deid';

const KINDS: Readonly<Record<Category, string>> = {
  NAME: 'a name of a person',
  LOCATION: 'a place smaller than a State',
  FACILITY: 'a name of an organisation',
  DATE: 'a date, or a part of one, that is more than a year',
  AGE: 'an age',
  PHONE: 'a telephone number',
  FAX: 'a fax number',
  EMAIL: 'an e-mail address',
  SSN: 'a social security number',
  MRN: 'a medical record number',
  HEALTH_PLAN: 'a health plan number',
  ACCOUNT: 'an account number',
  LICENSE: 'a certificate or licence number',
  VEHICLE: 'a vehicle identifier or plate',
  DEVICE: 'a device identifier or serial number',
  URL: 'a web address',
  IP: 'an internet address',
  BIOMETRIC: 'a biometric identifier',
  PHOTO: 'a picture of a person',
  OTHER_ID: 'another identifying number or code',
};

/** By the first part of the rule. */
const WAYS: readonly (readonly [RegExp, string])[] = [
  [/^known-(?:misspelt|spelled|part)/, 'an identifier that the caller named, in another form'],
  [/^known/, 'an identifier that the caller named'],
  [/^again/, 'the same as was found elsewhere in the text'],
  [/^label/, 'it stands behind a label that says so'],
  [/^field/, 'it stands in a field that says so'],
  [/^titled/, 'it stands beside a title'],
  [/^spelled|^spoken/, 'it is spelled or spoken out'],
  [/^tagger/, 'the trained tagger reads it so in its context'],
  [/^token$/, 'it has the form of a placeholder'],
  [/^year-of-birth/, 'a year of birth that implies an age over 89'],
  [/-es$/, 'a form of Spanish addresses and fields'],
];

export function reasonOf({ type, rule }: Pick<Span, 'type' | 'rule'>): string {
  const way = WAYS.find(([pattern]) => pattern.test(rule))?.[1];
  return `Read as ${KINDS[type]}: ${way ?? 'its form'}.`;
}
