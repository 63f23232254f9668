// Dates, telephone numbers and other codes, written and spoken.
import type { Chance } from './random.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const SHORT = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const ORDINALS =
  'zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth'.split(
    ' ',
  );

export function inWords(number: number): string {
  if (number < 20) return ONES[number] ?? '';
  if (number < 100)
    return `${TENS[Math.floor(number / 10)] ?? ''}${number % 10 === 0 ? '' : ` ${ONES[number % 10] ?? ''}`}`;
  if (number < 1000)
    return `${ONES[Math.floor(number / 100)] ?? ''} hundred${number % 100 === 0 ? '' : ` and ${inWords(number % 100)}`}`;
  return `${inWords(Math.floor(number / 1000))} thousand${number % 1000 === 0 ? '' : ` ${inWords(number % 1000)}`}`;
}

function ordinal(number: number): string {
  if (number <= 20) return ORDINALS[number] ?? '';
  const rest = number % 10;
  return rest === 0
    ? `${(TENS[number / 10] ?? '').replace(/y$/u, '')}ieth`
    : `${TENS[Math.floor(number / 10)] ?? ''} ${ORDINALS[rest] ?? ''}`;
}

export function spokenYear(chance: Chance, year: number): string {
  const low = year % 100;
  if (year >= 2000 && year < 2010)
    return `two thousand${low === 0 ? '' : `${chance.is(0.4) ? ' and' : ''} ${inWords(low)}`}`;
  const century = inWords(Math.floor(year / 100));
  if (low === 0) return `${century} hundred`;
  if (low < 10) return `${century} oh ${inWords(low)}`;
  return year >= 2000 && chance.is(0.2) ? `two thousand ${inWords(low)}` : `${century} ${inWords(low)}`;
}

const suffix = (day: number): string =>
  day % 10 === 1 && day !== 11
    ? 'st'
    : day % 10 === 2 && day !== 12
      ? 'nd'
      : day % 10 === 3 && day !== 13
        ? 'rd'
        : 'th';
const two = (number: number): string => String(number).padStart(2, '0');

export function date(chance: Chance): string {
  const month = chance.whole(0, 11);
  const day = chance.whole(1, 28);
  const year = chance.whole(1938, 2026);
  const name = MONTHS[month] ?? '';
  const short = SHORT[month] ?? '';
  return chance.pick([
    `${name} ${day}, ${year}`,
    `${name} ${day}${suffix(day)}, ${year}`,
    `${name} ${day}${suffix(day)} ${year}`,
    `${short} ${day}, ${year}`,
    `${short} ${day}${suffix(day)}, ${year}`,
    `${short} ${day} ${year}`,
    `${month + 1}/${day}/${year}`,
    `${two(month + 1)}/${two(day)}/${year}`,
    `${month + 1}/${day}/${two(year % 100)}`,
    `${two(month + 1)}-${two(day)}-${year}`,
    `${year}-${two(month + 1)}-${two(day)}`,
    `${day} ${name} ${year}`,
    `${day} ${short} ${year}`,
    `${name} ${day}${suffix(day)}`,
    `${name} ${day}`,
    `${short} ${day}${suffix(day)}`,
    `${name} ${year}`,
    `${short} '${two(year % 100)}`,
    `${short} ${day}${suffix(day)} '${two(year % 100)}`,
    `the ${day}${suffix(day)} of ${name}`,
    `${two(day)}-${short.toUpperCase()}-${year}`,
  ]);
}

export function spokenDate(chance: Chance): string {
  const month = chance.pick(MONTHS).toLowerCase();
  const day = chance.whole(1, 31);
  const year = spokenYear(chance, chance.whole(1938, 2026));
  return chance.pick([
    `${month} ${ordinal(day)} ${year}`,
    `${month} ${ordinal(day)}`,
    `${month} ${inWords(day)} ${year}`,
    `the ${ordinal(day)} of ${month}`,
    `the ${ordinal(day)} of ${month} ${year}`,
    `${month} ${year}`,
    `${month} the ${ordinal(day)} ${year}`,
    `${inWords(chance.whole(1, 12))} ${inWords(chance.whole(1, 28))} ${year}`,
  ]);
}

export function spokenDigits(chance: Chance, digits: string): string {
  const oh = chance.is(0.5);
  const words: string[] = [];
  for (let at = 0; at < digits.length; at += 1) {
    const digit = digits.charAt(at);
    if (digit === digits.charAt(at + 1) && chance.is(0.15)) {
      words.push('double', ONES[Number(digit)] ?? '');
      at += 1;
    } else if (chance.is(0.08) && /^[2-9]\d/u.test(digits.slice(at, at + 2))) {
      words.push(inWords(Number(digits.slice(at, at + 2))));
      at += 1;
    } else if (/[A-Za-z]/u.test(digit)) words.push(digit.toLowerCase());
    else if (digit === '-') words.push(chance.pick(['dash', 'dash', 'hyphen']));
    else words.push(digit === '0' && oh ? 'oh' : (ONES[Number(digit)] ?? ''));
  }
  return words.join(' ');
}

export function phone(chance: Chance): string {
  const [a, b, c] = [chance.digits(3), chance.digits(3), chance.digits(4)];
  return chance.pick([
    `${a}-${b}-${c}`,
    `(${a}) ${b}-${c}`,
    `${a}.${b}.${c}`,
    `+1 ${a} ${b} ${c}`,
    `${a} ${b} ${c}`,
    `1-${a}-${b}-${c}`,
    `(${a})${b}-${c}`,
    `${b}-${c}`,
    `${a}-${b}-${c} ext. ${chance.digits(3)}`,
    `+44 20 ${b}${c.charAt(0)} ${c}`,
    `${a}${b}${c}`,
  ]);
}

export function record(chance: Chance): string {
  return chance.pick([
    chance.digits(chance.whole(5, 10)),
    chance.digits(chance.whole(6, 8)),
    `${chance.capitals(chance.whole(1, 4))}-${chance.digits(chance.whole(4, 8))}`,
    `${chance.capitals(chance.whole(1, 3))}${chance.digits(chance.whole(5, 9))}`,
    `#${chance.capitals(2)}-${chance.digits(6)}`,
    `#${chance.digits(chance.whole(5, 8))}`,
    `${chance.digits(3)}-${chance.digits(2)}-${chance.digits(chance.whole(3, 4))}`,
    `${chance.digits(5)}${chance.capitals(2)}`,
    `${chance.digits(2)}-${chance.digits(4)}-${chance.digits(2)}`,
    `${chance.digits(3)} ${chance.digits(3)} ${chance.digits(3)}`,
    `${chance.capitals(2)}${chance.digits(2)}-${chance.digits(4)}`,
    `${chance.digits(4)}-${chance.capitals(1)}`,
  ]);
}

export function spokenRecord(chance: Chance): string {
  return spokenDigits(
    chance,
    `${chance.is(0.25) ? chance.capitals(chance.whole(1, 2)) : ''}${chance.digits(chance.whole(5, 9))}`,
  );
}

export const ssn = (chance: Chance): string => `${chance.digits(3)}-${chance.digits(2)}-${chance.digits(4)}`;

export function vin(chance: Chance): string {
  const letters = 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789';
  return Array.from({ length: 17 }, () => letters.charAt(chance.whole(0, letters.length - 1))).join('');
}

export function email(chance: Chance, first: string, last: string): string {
  const plain = (name: string): string =>
    name
      .normalize('NFD')
      .replace(/[^A-Za-z]/gu, '')
      .toLowerCase();
  const domain = chance.pick([
    'gmail.com',
    'yahoo.com',
    'example.com',
    'hotmail.com',
    'outlook.com',
    'mail.org',
    'hospital.org',
    'clinic.net',
    'health.edu',
  ]);
  return `${chance.pick([`${plain(first)}.${plain(last)}`, `${plain(first).charAt(0)}${plain(last)}`, `${plain(first)}${chance.digits(2)}`, `${plain(last)}_${plain(first)}`])}@${domain}`;
}

export function spokenEmail(chance: Chance, first: string, last: string): string {
  return email(chance, first, last).replaceAll('@', ' at ').replaceAll('.', ' dot ').replaceAll('_', ' underscore ');
}

/** `s m i t h`, `s-m-i-t-h`, `s as in sam m as in mary`. */
export function spelled(chance: Chance, name: string): string {
  const letters = Array.from(name.replace(/[^\p{L}]/gu, ''));
  const form = chance.whole(0, 2);
  if (form === 0) return letters.join(' ').toLowerCase();
  if (form === 1) return letters.join('-').toUpperCase();
  return letters
    .map((letter) =>
      chance.is(0.3)
        ? `${letter.toLowerCase()} as in ${chance.pick(['sam', 'mary', 'nancy', 'boy', 'dog', 'tom', 'victor', 'frank'])}`
        : letter.toLowerCase(),
    )
    .join(' ');
}
