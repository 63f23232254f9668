import { describe, expect, it } from 'vitest';
import { createUtteranceParser } from './pocketsphinx-output.ts';
import type { Flavour, Utterance } from './pocketsphinx-output.ts';

function parse(flavour: Flavour, text: string, step: number): Utterance[] {
  const parser = createUtteranceParser(flavour);
  const found: Utterance[] = [];
  for (let at = 0; at < text.length; at += step) found.push(...parser.push(text.slice(at, at + step)));
  return [...found, ...parser.end()];
}

// As pocketsphinx_continuous 0.8+5prealpha prints it with -time yes.
const CONTINUOUS = `and then
<s> 0.000 0.040 0.998900
and 0.050 0.160 0.032758
then(2) 0.170 0.670 0.213530
<sil> 0.680 0.900 0.900000
[NOISE] 0.910 1.000 0.500000
</s> 2.310 2.440 1.000300
not
<s> 3.170 3.280 1.000300
not 3.990 4.300 1.000200
`;

// As programs/pocketsphinx_main.c 5.x formats it.
const LIVE = `{"b":0.300,"d":1.900,"p":0.998,"t":"and then","w":[{"b":0.300,"d":0.100,"p":1.000,"t":"<s>"},{"b":0.400,"d":0.200,"p":0.900,"t":"and"},{"b":0.600,"d":0.400,"p":0.800,"t":"then(2)"}]}
not json
`;

describe('createUtteranceParser', () => {
  it.each([1, 7, 10_000])('reads the words and times of pocketsphinx_continuous, %d characters at a time', (step) => {
    expect(parse('continuous', CONTINUOUS, step)).toEqual([
      {
        start: 0,
        end: 2.44,
        words: [
          { spoken: 'and', start: 0.05, end: 0.16, confidence: 0.032758 },
          { spoken: 'then', start: 0.17, end: 0.67, confidence: 0.21353 },
        ],
      },
      { start: 3.17, end: 4.3, words: [{ spoken: 'not', start: 3.99, end: 4.3, confidence: 1 }] },
    ]);
  });

  it.each([1, 10_000])('reads the JSON lines of pocketsphinx live, %d characters at a time', (step) => {
    expect(parse('live', LIVE, step)).toEqual([
      {
        start: 0.3,
        end: expect.closeTo(2.2) as number,
        words: [
          { spoken: 'and', start: 0.4, end: expect.closeTo(0.6) as number, confidence: 0.9 },
          { spoken: 'then', start: 0.6, end: 1, confidence: 0.8 },
        ],
      },
    ]);
  });
});
