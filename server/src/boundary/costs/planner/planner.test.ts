// Golden tests: the figures of the deployment literature, corrected, and the price lists of October to November 2026.
import { type AdvisorQuestions, PATTERNS, PlannerReport, PlannerRequest, type Price } from '@cordon/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localSpeech } from '#boundary/policy/decide.samples.ts';
import { advise } from './advisor.ts';
import { money } from './compare.ts';
import { micro, plain } from './inputs.ts';
import { literatureSteps } from './literature.ts';
import { modelByToken, peakStreams, speechByGpu, speechByMinute, totalOf, type Values } from './patterns.ts';
import { plan } from './planner.ts';

const NOW = new Date('2026-11-22T00:00:00Z');
const NOTHING = { services: [], prices: new Map<string, readonly Price[]>() };
const planned = (inputs: PlannerRequest['inputs'] = {}) => plan(PlannerRequest.parse({ inputs }), {}, NOTHING, NOW);
const LARGE = { clinicians: 1_000, encountersPerDay: 20, workingDays: 250, minutesPerEncounter: 15 } as const;
const values = (change: Record<string, number | string>): Values =>
  Object.fromEntries(Object.entries({ ...LARGE, ...change }).map(([name, value]) => [name, micro(value)]));

describe('5 million encounters a year by the token', () => {
  it.each([
    // input and output tokens, dollars per million of each, dollars a year
    [3_500, 500, '1.50', '7.50', '45000.00'],
    [3_500, 500, '0.10', '0.50', '3000.00'],
    [3_500, 500, '2', '10', '60000.00'],
    [3_500, 500, '4', '20', '120000.00'],
    [3_500, 500, '10', '50', '300000.00'],
    [5_500, 800, '1.50', '7.50', '71250.00'],
    [5_500, 800, '0.10', '0.50', '4750.00'],
    [5_500, 800, '2', '10', '95000.00'],
    [5_500, 800, '4', '20', '190000.00'],
    [5_500, 800, '10', '50', '475000.00'],
    [15_500, 2_500, '1.50', '7.50', '210000.00'],
    [15_500, 2_500, '0.10', '0.50', '14000.00'],
    [15_500, 2_500, '2', '10', '280000.00'],
    [15_500, 2_500, '4', '20', '560000.00'],
    [15_500, 2_500, '10', '50', '1400000.00'],
  ])('%i in, %i out at %s and %s: %s', (inputTokens, outputTokens, inputPrice, outputPrice, dollars) => {
    const cost = totalOf(modelByToken(values({ inputTokens, outputTokens, inputPrice, outputPrice })));
    expect(money(cost)).toBe(dollars);
  });

  it('2,000 of them cached at a tenth of a dollar: 76,000', () => {
    const base = { inputTokens: 5_500, outputTokens: 800, inputPrice: '2', outputPrice: '10' };
    expect(money(totalOf(modelByToken(values({ ...base, cachedTokens: 2_000, cachedPrice: '0.10' }))))).toBe(
      '76000.00',
    );
  });
});

describe('75 million minutes of speech a year', () => {
  it.each([
    ['0.003', '225000.00'],
    ['0.006', '450000.00'],
    ['0.0077', '577500.00'],
    ['0.016', '1200000.00'],
    ['0.024', '1800000.00'],
    ['0.075', '5625000.00'],
    ['0.078', '5850000.00'],
  ])('at %s a minute: %s', (speechMinute, dollars) => {
    expect(money(speechByMinute(values({ speechMinute })).perYear)).toBe(dollars);
  });

  it('on GPUs a hundred times as fast as speech: 12,500 hours, 31,250 to 50,000 dollars before idle ones', () => {
    const gpu = { realTimeFactor: 100, idleFactor: 1 };
    expect(money(speechByGpu(values({ ...gpu, gpuHour: '2.50' })).perYear)).toBe('31250.00');
    expect(money(speechByGpu(values({ ...gpu, gpuHour: '4' })).perYear)).toBe('50000.00');
    expect(plain(peakStreams(values({ openHours: 10, peakFactor: 1 })))).toBe('500');
    expect(plain(peakStreams(values({ openHours: 10, peakFactor: 1.5 })))).toBe('750');
  });
});

describe('the worked example of the literature', () => {
  const steps = literatureSteps();
  const step = (name: string) => steps.find((one) => one.step === name);

  it('is reproduced by its own arithmetic, and put right', () => {
    expect(steps.map(({ stated, right, factor }) => [stated, right, factor])).toEqual([
      ['5,000,000', '5,000,000', null],
      ['250,000,000', '5,000,000 × 500 = 2,500,000,000', '10 times'],
      ['2,500,000,000', '5,000,000 × 5,500 = 27,500,000,000', '11 times'],
      ['$3,750,000', '2,500,000,000 ÷ 1,000,000 × $1.50 = $3,750', '1000 times'],
      ['$1,875,000', '250,000,000 ÷ 1,000,000 × $7.50 = $1,875', '1000 times'],
      ['$5,625,000', '$5,625, $0.001125 an encounter', '1000 times'],
      ['not in the example', '75,000,000 minutes × $0.075 = $5,625,000', null],
    ]);
  });

  it('holds in one step alone, and says why the others do not', () => {
    expect(steps.filter(({ verdict }) => verdict === 'holds').map((one) => one.step)).toEqual(['Encounters a year']);
    expect(step('Input cost a year')?.asComputedThere).toBe('2,500,000,000 ÷ 1,000 × $1.50 = $3,750,000');
    for (const { why } of steps) expect(why.length).toBeGreaterThan(20);
  });
});

describe('the comparison', () => {
  it('is what the document promises, four patterns, each line redone by its formula', () => {
    const report = planned({ ...LARGE });
    expect(PlannerReport.parse(report)).toEqual(report);
    expect(report.patterns.map(({ pattern }) => pattern)).toEqual([...PATTERNS]);
    expect(report.encountersPerYear).toEqual({ low: '5000000', base: '5000000', high: '5000000' });
    const cloud = report.patterns[0];
    expect(cloud?.lines).toEqual([
      {
        what: 'Model input',
        formula: '5000000 encounters × 5735 tokens × $2/1,000,000 tokens',
        perYear: '57350.00',
      },
      { what: 'Model output', formula: '5000000 encounters × 800 tokens × $10/1,000,000 tokens', perYear: '40000.00' },
      {
        what: 'Speech recognition by the minute',
        formula: '75000000 minutes × $0.0077/minute',
        perYear: '577500.00',
      },
      { what: 'People', formula: '0.25 people × $200000/year', perYear: '50000.00' },
    ]);
    expect(cloud?.perYear.base).toBe('724850.00');
    expect(cloud?.perEncounter.base).toBe('0.14497');
  });

  it('names what drives it: by the minute it is speech, not the model', () => {
    const [cloud, , vpc] = planned({ ...LARGE }).patterns;
    expect(cloud?.drivers[0]?.input).toBe('speechMinute');
    expect(vpc?.drivers.map(({ input }) => input)).toContain('provisionedUnits');
    for (const { drivers } of planned().patterns) {
      const swings = drivers.map(({ swing }) => Number(swing));
      expect(swings).toEqual(swings.toSorted((a, b) => b - a));
    }
  });

  it('low ≤ likely ≤ high for any organisation; nothing is lost to fractions; the same in, the same out', () => {
    const count = fc.double({ min: 0, max: 100_000, noNaN: true });
    const divisor = fc.double({ min: 0.001, max: 100_000, noNaN: true });
    const inputs = fc.record({
      clinicians: count,
      minutesPerEncounter: count,
      realTimeFactor: divisor,
      streamsPerHost: divisor,
    });
    fc.assert(
      fc.property(inputs, (given) => {
        const report = planned(given);
        for (const { perYear } of report.patterns) {
          expect(Number(perYear.low)).toBeLessThanOrEqual(Number(perYear.base));
          expect(Number(perYear.base)).toBeLessThanOrEqual(Number(perYear.high));
        }
        expect(planned(given)).toEqual(report);
        expect(PlannerReport.safeParse(report).success).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['a range that does not rise', { clinicians: { low: 3, base: 2, high: 5 } }],
    ['prices that do not rise', { inputPrice: { low: '10', base: '9', high: '11' } }],
    ['nothing to divide by', { amortisationYears: 0 }],
    ['less than nothing', { clinicians: -1 }],
    ['a price that is a binary fraction', { inputPrice: 0.1 }],
    ['an input that is none', { clinicans: 3 }],
  ])('refuses %s', (_what, inputs) => {
    expect(PlannerRequest.safeParse({ inputs }).success).toBe(false);
  });

  it('flags what is more likely a slip of the pen than a price', () => {
    const free = { staffBaaCloud: 0, speechMinute: '0', inputPrice: '0', outputPrice: '0' };
    expect(planned({ ...LARGE, ...free }).patterns[0]?.flags).toEqual(['below_a_tenth_of_a_cent']);
    expect(planned({ clinicians: 1, encountersPerDay: 1 }).patterns[3]?.flags).toEqual(['above_five_dollars']);
  });

  it('what is given wins over what was measured, that over what is assumed; too little measured is none', () => {
    const measured = (samples: number) => ({
      minutesPerEncounter: { samples, spread: { low: 4, base: 6.5, high: 11 } },
    });
    const row = (inputs: PlannerRequest['inputs'], samples: number) =>
      plan(PlannerRequest.parse({ inputs }), measured(samples), NOTHING, NOW).inputs.find(
        ({ input }) => input === 'minutesPerEncounter',
      );
    expect(row({}, 20)).toMatchObject({ base: '6.5', from: 'measured' });
    expect(row({}, 19)).toMatchObject({ base: '15', from: 'assumed' });
    expect(row({ minutesPerEncounter: 12 }, 20)).toMatchObject({ base: '12', from: 'given' });
  });

  it('puts registered services beside it at their own prices of that day', () => {
    const services = [
      localSpeech({ id: 'speech', pattern: 'baa-cloud' }),
      localSpeech({ id: 'model', capability: 'generate' }),
      localSpeech({ id: 'reserved', capability: 'generate' }),
      localSpeech({ id: 'unpriced' }),
    ];
    const row = (change: Partial<Price>): Price[] => [{ from: '2026-01-01', to: null, source: 'list', ...change }];
    const prices = new Map([
      ['speech', row({ audio: { minute: '0.075', incrementSeconds: 1, minimumSeconds: 15 } })],
      ['model', row({ tokens: { input: '2', output: '10' } })],
      ['reserved', row({ hours: { rate: '40', units: 2, of: 'provisioned' } })],
    ]);
    const inputs = { ...LARGE, inputTokens: 5_500, outputTokens: 800 };
    const report = plan(PlannerRequest.parse({ inputs }), {}, { services, prices }, NOW);
    expect(report.services.map(({ service, perYear }) => [service, perYear])).toEqual([
      ['speech', '5625000.00'],
      ['model', '95000.00'],
      ['reserved', '700800.00'],
      ['unpriced', null],
    ]);
  });
});

describe('the advisor', () => {
  const ask = (change: Partial<AdvisorQuestions> = {}, volume = 50_000) =>
    advise(
      {
        dataClass: 'phi',
        purpose: 'ambient-documentation',
        residency: 'country',
        monthsToDeploy: 6,
        capability: 'strong',
        ...change,
      },
      volume,
      [],
    );
  const best = (change: Partial<AdvisorQuestions>, volume?: number) => {
    const [first] = ask(change, volume).ranking;
    expect(first?.fits).toBe(true);
    return first?.pattern;
  };

  it.each([
    ['a clinic that wants notes soon', {}, 'baa-cloud'],
    [
      'questions about literature, nobody identified',
      { dataClass: 'deidentified', purpose: 'literature-synthesis' },
      'deid-cloud',
    ],
    ['an air gap', { residency: 'air-gapped', monthsToDeploy: 18 }, 'on-prem'],
    [
      'a tumour board on its own premises',
      { purpose: 'tumor-board', residency: 'own-premises', monthsToDeploy: 12 },
      'on-prem',
    ],
    [
      'a state’s own rule, a year, the newest models, large',
      { residency: 'state', monthsToDeploy: 12, capability: 'frontier' },
      'vpc',
      5_000_000,
    ],
  ] as const)('%s: the pattern that fits', (_who, change, pattern, volume?: number) => {
    expect(best(change, volume)).toBe(pattern);
  });

  it('never calls fit what residency or purpose rules out, and says so first', () => {
    const ranked = ask({ residency: 'air-gapped' }).ranking;
    expect(ranked.filter(({ fits }) => fits).map(({ pattern }) => pattern)).toEqual(['on-prem']);
    const cloud = ask().ranking.find(({ pattern }) => pattern === 'deid-cloud');
    expect(cloud).toMatchObject({ fits: false });
    expect(cloud?.reasons[0]).toContain('loses its meaning');
  });

  it('gives reasons, trade-offs, months and lag for each, and places the house and its services on the plot', () => {
    const services = [
      localSpeech({ id: 'open', pattern: 'deid-cloud', dataClasses: ['public'] }),
      localSpeech({ id: 'closed', pattern: 'on-prem' }),
    ];
    const advice = advise(
      { dataClass: 'phi', purpose: 'dictation', residency: 'none', monthsToDeploy: 3, capability: 'adequate' },
      10,
      services,
    );
    expect(advice.at).toEqual({ x: 1, y: 0 });
    expect(advice.services.map(({ service, x, y }) => [service, x, y])).toEqual([
      ['open', 0, 0.25],
      ['closed', 1, 0.95],
    ]);
    expect(advice.ranking).toHaveLength(4);
    for (const { reasons, tradeOffs, pattern } of advice.ranking) {
      expect(reasons.length, pattern).toBeGreaterThan(0);
      expect(tradeOffs.length, pattern).toBeGreaterThan(0);
    }
  });
});
