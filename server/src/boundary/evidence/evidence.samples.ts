// Samples of the evidence's tests: texts whose identifiers the engine finds, as gold and as a reader hands them back.
import { DIRECT_IDENTIFIERS, MethodTerms } from '@cordon/contract';
import { PROFILE } from '#boundary/policy/decide.samples.ts';

export function safeHarborTerms(change: object = {}): MethodTerms {
  return MethodTerms.parse({
    kind: 'safe-harbor',
    name: 'notes-2026',
    services: ['deid-chat'],
    profile: PROFILE,
    ...change,
  });
}

export function expertTerms(change: object = {}): MethodTerms {
  return MethodTerms.parse({
    kind: 'expert-determination',
    name: 'expert-2026',
    services: ['deid-chat'],
    profile: PROFILE,
    expert: { name: 'E. Statistician', credentials: 'PhD, twenty years of disclosure control' },
    method: 'k-anonymity over age, ZIP3 and sex',
    recipients: 'The named service alone',
    conditions: 'No linkage to voter lists',
    expires: '2126-01-01T00:00:00Z',
    ...change,
  });
}

export function dataSetTerms(change: object = {}): MethodTerms {
  return MethodTerms.parse({
    kind: 'limited-data-set',
    name: 'registry-study',
    agreement: '01900000-0000-7000-8000-0000000000aa',
    recipient: 'State University',
    removed: Object.fromEntries(DIRECT_IDENTIFIERS.map((one) => [one, 'removed'])),
    ...change,
  });
}

const CANARY = 'Zyxquist';

/** `count` notes with a surname that stands nowhere else, a number and an address of the web: three identifiers each. */
export function goldLines(count: number): string {
  return Array.from({ length: count }, (_, at) => {
    const name = `Mr. ${CANARY}`;
    const phone = `415-555-${String(1_000 + at)}`;
    const email = `a${at}@example.org`;
    const text = `${name} called from ${phone} and wrote from ${email} about the cough.`;
    const spans = [
      [name, 'NAME'],
      [phone, 'PHONE'],
      [email, 'EMAIL'],
    ].map(([value = '', type]) => ({ start: text.indexOf(value), end: text.indexOf(value) + value.length, type }));
    return JSON.stringify({ id: at, text, spans });
  }).join('\n');
}

/** The same notes, read: in the first one something was left, and something marked that the engine had covered. */
export function readLines(count: number): string {
  return goldLines(count)
    .split('\n')
    .map((line, at) => {
      const { id, text } = JSON.parse(line) as { id: number; text: string };
      const marks = at > 0 ? [] : ['cough', '415-555-1000'];
      const left = marks.map((value) => ({
        start: text.indexOf(value),
        end: text.indexOf(value) + value.length,
        type: 'OTHER_ID',
      }));
      return JSON.stringify({ id, text, left });
    })
    .join('\n');
}
