// A method record as a privacy officer hands it to an auditor: as data, and as a document. Pure. It has figures and names of acts; no text of a
// sample was ever kept, so none can be in it.
import type { MethodRecord, MethodReport } from '@cordon/contract';
import { shareOf } from '@cordon/deid';
import { IDENTIFIERS, LIMITS, doneWith } from './safe-harbor.ts';

type Category = MethodReport['categories'][number];
type Fact = MethodReport['facts'][number];

const TITLES = {
  'safe-harbor': 'De-identification by Safe Harbor',
  'expert-determination': 'De-identification by expert determination',
  'limited-data-set': 'Limited data set',
} as const;

const LAWS = {
  'safe-harbor': '45 CFR 164.514(b)(2)',
  'expert-determination': '45 CFR 164.514(b)(1)',
  'limited-data-set': '45 CFR 164.514(e)',
} as const;

const STANDINGS: Readonly<Record<MethodRecord['state'], string>> = {
  draft: 'A draft: nothing is sent under it.',
  'in-force': 'In force.',
  expired: 'Expired: nothing is sent under it any more.',
  'engine-changed': 'Ended: another engine, model or ZIP table runs than the one that the evidence is of.',
  'agreement-ended': 'Not in force: its data use agreement is not.',
  revoked: 'Revoked: nothing is sent under it any more.',
};

export function reportOf(record: MethodRecord): MethodReport {
  const { terms, state, missing } = record;
  const lacks = state === 'draft' ? ` It lacks: ${missing.join(', ')}.` : '';
  return {
    record,
    title: `${TITLES[terms.kind]}: ${terms.name}`,
    law: LAWS[terms.kind],
    standing: `${STANDINGS[state]}${lacks}`,
    categories: terms.kind === 'limited-data-set' ? ofDataSet(terms.removed) : ofEngine(record, terms.profile),
    facts: factsOf(record),
    limits: terms.kind === 'limited-data-set' ? [] : [...LIMITS],
  };
}

function ofEngine({ measurement }: MethodRecord, profile: Parameters<typeof doneWith>[1]): Category[] {
  return IDENTIFIERS.map(({ letter, identifier, categories, fails }) => {
    const met = (measurement?.categories ?? []).filter(({ category }) => categories.some((one) => one === category));
    const sum = met.reduce((a, { recall }) => ({ found: a.found + recall.found, of: a.of + recall.of }), NOBODY);
    return { letter, identifier, done: doneWith(letter, profile), recall: sum.of === 0 ? null : shareOf(sum), fails };
  });
}

const NOBODY = { found: 0, of: 0 };

function ofDataSet(removed: Extract<MethodRecord['terms'], { kind: 'limited-data-set' }>['removed']): Category[] {
  return IDENTIFIERS.map(({ letter, identifier, direct }) => {
    const said = direct === null ? null : removed[direct];
    const done =
      direct === null
        ? 'May stay (164.514(e)(2)).'
        : said === undefined
          ? 'Nothing is said about it.'
          : said === 'removed'
            ? 'Removed.'
            : 'Was never held.';
    return { letter, identifier, done, recall: null, fails: null };
  });
}

function factsOf(record: MethodRecord): Fact[] {
  return [
    { name: 'Record', value: `${record.id}, version ${record.version}` },
    ...termFacts(record),
    ...engineFacts(record),
    ...sampleFacts(record),
    ...riskFacts(record),
    ...statementFacts(record),
  ];
}

function termFacts({ terms, document }: MethodRecord): Fact[] {
  const file =
    document === null ? [] : [{ name: 'Document', value: `${document.bytes} bytes, SHA-256 ${document.sha256}` }];
  switch (terms.kind) {
    case 'safe-harbor':
      return [{ name: 'Services', value: terms.services.join(', ') }];
    case 'expert-determination':
      return [
        { name: 'Services', value: terms.services.join(', ') },
        {
          name: 'Expert',
          value: [terms.expert.name, terms.expert.organisation].filter((part) => part !== null).join(', '),
        },
        { name: 'Credentials', value: terms.expert.credentials },
        { name: 'Methods', value: terms.method },
        { name: 'Anticipated recipients', value: terms.recipients },
        { name: 'Conditions', value: terms.conditions },
        ...file,
      ];
    case 'limited-data-set':
      return [
        { name: 'Recipient', value: terms.recipient },
        { name: 'Data use agreement', value: terms.agreement },
      ];
  }
}

function engineFacts({ engine }: MethodRecord): Fact[] {
  if (engine === null) return [];
  return [
    { name: 'Engine', value: `version ${engine.version}, code ${engine.code}` },
    { name: 'Model', value: engine.model },
    { name: 'ZIP table', value: engine.zipTable },
  ];
}

function sampleFacts({ measurement, review }: MethodRecord): Fact[] {
  const facts: Fact[] = [];
  if (measurement !== null) {
    const { documents, characters, recall, characterRecall, characterPrecision, leakFree, at, by } = measurement;
    facts.push(
      { name: 'Measured', value: `${day(at)} by ${by}, on ${documents} texts of ${characters} characters` },
      { name: 'Recall, whole identifiers', value: told(recall) },
      { name: 'Recall, letters and digits', value: told(characterRecall) },
      { name: 'Precision, letters and digits', value: told(characterPrecision) },
      { name: 'Texts without a leak', value: told(leakFree) },
    );
  }
  if (review !== null) {
    const { texts, characters, replaced, left, categories, clean, at, by } = review;
    const which = categories.map(({ category, left: count }) => `${category} ${count}`).join(', ');
    facts.push(
      {
        name: 'Read by a person',
        value: `${day(at)} by ${by}: ${texts} texts, ${characters} characters, ${replaced} places replaced`,
      },
      { name: 'Left, as the reader found', value: left === 0 ? 'nothing' : `${left} (${which})` },
      { name: 'Texts in which nothing was left', value: told(clean) },
    );
  }
  return facts;
}

function riskFacts({ risk }: MethodRecord): Fact[] {
  if (risk === null) return [];
  const { records, columns, k, unique, prosecutor, journalist, threshold } = risk;
  return [
    { name: 'Risk measured on', value: `${records} records, ${columns.map(({ name }) => name).join(', ')}` },
    { name: 'Smallest class', value: `${k} records; ${percent(unique.share)} of records unique` },
    {
      name: 'Prosecutor’s risk',
      value: `at most ${percent(prosecutor.max)}, mean ${percent(prosecutor.mean)}, ${percent(prosecutor.above)} of records above ${percent(threshold)}`,
    },
    ...(journalist === null
      ? []
      : [{ name: 'Journalist’s risk', value: `at most ${percent(journalist.max)}, mean ${percent(journalist.mean)}` }]),
  ];
}

function statementFacts({ statement, effective, expires, ended }: MethodRecord): Fact[] {
  const facts: Fact[] = [];
  if (statement !== null) {
    facts.push(
      {
        name: 'Stated',
        value: `${day(statement.at)} by ${statement.by} about version ${statement.version} (${statement.id})`,
      },
      { name: 'Second person', value: statement.secondPerson },
      { name: 'Statement', value: statement.text },
    );
  }
  if (effective !== null) facts.push({ name: 'In force from', value: day(effective) });
  if (effective !== null)
    facts.push({ name: 'Expires', value: expires === null ? 'with its agreement' : day(expires) });
  if (ended !== null) facts.push({ name: 'Ended', value: `${day(ended.at)}: ${ended.reason}` });
  return facts;
}

type Counted = NonNullable<Category['recall']>;

/** `99.1 % of 230 (96.9–99.8 %)`. */
function told({ of, value, low, high }: Counted): string {
  if (value === null) return 'nothing to count';
  return `${percent(value)} of ${of} (95 % interval ${percent(low)} to ${percent(high)})`;
}

/** Rounded, but never to all or nothing when it is not. */
function percent(share: number): string {
  const shown = (share * 100).toFixed(share > 0 && share < 0.001 ? 4 : 1);
  if (share < 1 && Number(shown) === 100) return '99.9+ %';
  return `${shown} %`;
}

function day(time: string): string {
  return time.slice(0, 'yyyy-mm-dd'.length);
}

/** CommonMark with tables. Whatever people wrote is escaped, so that it can draw nothing of its own. */
export function markdownOf({ title, law, standing, categories, facts, limits }: MethodReport): string {
  const rows = categories.map(({ letter, identifier, done, recall, fails }) =>
    [letter, identifier, done, recall === null ? '–' : told(recall), fails ?? '–'].map(cell).join(' | '),
  );
  return [
    `# ${cell(title)}`,
    '',
    `${law}. **${cell(standing)}**`,
    '',
    '## What it rests on',
    '',
    '| | |',
    '| --- | --- |',
    ...facts.map(({ name, value }) => `| ${cell(name)} | ${cell(value)} |`),
    '',
    '## Category by category',
    '',
    '| | identifier | what is done | measured recall | known to fail |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
    '',
    ...(limits.length === 0 ? [] : ['## What it does not say', '', ...limits.map((limit) => `- ${limit}`), '']),
    'This document certifies nothing: nobody certifies compliance with HIPAA. It says what was done, by whom, and what was counted.',
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|!]/gu, (mark) => `\\${mark}`).replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
