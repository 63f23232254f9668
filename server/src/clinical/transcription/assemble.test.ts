import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleTranscript, CONVERSATION } from './assemble.ts';
import type { Stretch } from './engines/messages.ts';
import { toJson, toSrt, toText, toVerboseJson, toVtt } from './renderings.ts';

/** Words of 0.3 s, one after another from `start`. */
function stretch(channel: number, start: number, text: string, confidence = 0.9): Stretch {
  const words = text.split(' ').map((spoken, index) => ({
    spoken,
    start: start + index * 0.3,
    end: start + index * 0.3 + 0.3,
    confidence,
  }));
  return { channel, words, resumeAt: start + words.length * 0.3 + 0.5 };
}

const FACTS = { engine: 'stand-in 1', model: 'none', duration: 20, elapsed: 5 };
const VISIT = [
  stretch(0, 0, 'do you take any medicine'),
  stretch(1, 2, 'lisinopril ten milligrams daily', 0.4),
  stretch(0, 6, 'blood pressure is one twenty over eighty'),
];

describe('assembleTranscript', () => {
  it('leaves capitals and marks to an engine that writes them, and writes its numbers', () => {
    const said =
      'Hello, Mr. Smith. You take ten milligrams, and your pressure is one twenty over eighty. Is that right?';
    const words = said.split(' ').map((written, index) => {
      const spoken = written.toLowerCase().replace(/[.,?]$/, '');
      // A pause of a second in the middle of a sentence: the engine knows better than we do.
      const start = index * 0.3 + (index > 6 ? 1 : 0);
      const word = { spoken, start, end: start + 0.3, confidence: 0.9 };
      return written === spoken ? word : { ...word, written };
    });
    const transcript = assembleTranscript([{ channel: 0, words, resumeAt: 12 }], FACTS);
    expect(transcript.segments.map((segment) => segment.text)).toEqual([
      'Hello, Mr. Smith.',
      'You take 10 mg, and your pressure is 120/80.',
      'Is that right?',
    ]);
    expect(transcript.spokenText).toBe(words.map((word) => word.spoken).join(' '));
    expect(transcript.words.map((word) => word.spoken).join(' ')).toBe(transcript.spokenText);
  });

  it('puts the channels in order of time and says who spoke', () => {
    const transcript = assembleTranscript(VISIT, FACTS);
    expect(transcript.text).toBe('Do you take any medicine? Lisinopril 10 mg daily. Blood pressure is 120/80.');
    expect(transcript.spokenText).toBe(
      'do you take any medicine lisinopril ten milligrams daily blood pressure is one twenty over eighty',
    );
    expect(transcript.segments.map(({ id, channel, start }) => ({ id, channel, start }))).toEqual([
      { id: '0-0', channel: 0, start: 0 },
      { id: '1-2000', channel: 1, start: 2 },
      { id: '0-6000', channel: 0, start: 6 },
    ]);
    expect(transcript.realTimeFactor).toBe(0.25);
  });

  it('keeps with each written word what was said for it, its time and its least confidence', () => {
    const { words } = assembleTranscript(VISIT, FACTS);
    expect(words.at(-1)).toMatchObject({ text: '120/80.', spoken: 'one twenty over eighty', confidence: 0.9 });
    expect(words.at(-1)?.start).toBeCloseTo(6.9);
    expect(words.at(-1)?.end).toBeCloseTo(8.1);
    expect(words.find((word) => word.text === '10')).toMatchObject({ spoken: 'ten', confidence: 0.4, channel: 1 });
    expect(words.find((word) => word.text === 'mg')).toMatchObject({ spoken: 'milligrams' });
  });

  it('keeps full confidence for what a person wrote', () => {
    const { words } = assembleTranscript([stretch(0, 0, 'hello', 1)], FACTS);
    expect(words.map(({ confidence }) => confidence)).toEqual([0.999]);
  });

  it('gives the same transcript in whatever order the stretches came', () => {
    expect(assembleTranscript(VISIT.toReversed(), FACTS)).toEqual(assembleTranscript(VISIT, FACTS));
  });

  it('gives nothing for silence', () => {
    const nothing = assembleTranscript([{ channel: 0, words: [], resumeAt: 20 }], FACTS);
    expect(nothing).toMatchObject({ text: '', spokenText: '', words: [], segments: [], duration: 20 });
    expect(assembleTranscript([], { ...FACTS, duration: 0 }).realTimeFactor).toBe(0);
  });

  it('does not make one number of what a breath keeps apart', () => {
    const words = [stretch(0, 0, 'forty'), stretch(0, 1.5, 'nine')];
    expect(assembleTranscript(words, FACTS).words.map((word) => word.spoken)).toEqual(['forty', 'nine']);
  });

  it('cuts a long sentence at its longest pause', () => {
    const long = stretch(0, 0, Array.from({ length: 80 }, () => 'pain').join(' '));
    const { segments } = assembleTranscript([long], FACTS);
    expect(segments.length).toBeGreaterThan(1);
    for (const segment of segments) expect(segment.end - segment.start).toBeLessThanOrEqual(15.01);
  });
});

describe('a dictation', () => {
  const DICTATION = { ...CONVERSATION, dictation: true };
  const dictated = (text: string) => assembleTranscript([stretch(0, 0, text)], FACTS, DICTATION);

  it.each([
    ['he denies fever comma chills period no cough period', 'He denies fever, chills. No cough.'],
    ['plan colon stop aspirin new paragraph follow up period', 'Plan: stop aspirin.\n\nFollow up.'],
    ['one new line two', 'One.\nTwo.'],
    ['metformin open paren five hundred milligrams close paren daily', 'Metformin (500 mg) daily.'],
    ['any pain question mark no period', 'Any pain? No.'],
    ['over a period of two weeks period', 'Over a period of two weeks.'],
    ['the colon was normal', 'The colon was normal.'],
    ['her last period was in may', 'Her last period was in may.'],
    ['seen at eight a m period', 'Seen at 8 a.m.'],
    ['period he is well', 'Period he is well.'],
    ['he is well open paren', 'He is well open paren.'],
    ['open paren stable close paren', '(Stable).'],
    ['forty period nine', '40. Nine.'],
  ])('%s', (spoken, text) => {
    const transcript = dictated(spoken);
    expect(transcript.text).toBe(text);
    expect(transcript.spokenText).toBe(spoken);
    expect(transcript.words.map((word) => word.spoken).join(' ')).toBe(spoken);
  });

  it('marks where a paragraph begins, and keeps the mark’s own time and confidence', () => {
    const { segments, words } = dictated('stable new paragraph plan colon rest');
    expect(segments.map(({ text, opens }) => [text, opens])).toEqual([
      ['Stable.', undefined],
      ['Plan: rest.', 'paragraph'],
    ]);
    expect(words[0]).toMatchObject({ text: 'Stable.', spoken: 'stable new paragraph', start: 0 });
    expect(words[0]?.end).toBeCloseTo(0.9);
    expect(Object.keys(words[0] ?? {}).toSorted()).toEqual(['channel', 'confidence', 'end', 'spoken', 'start', 'text']);
  });

  it('attaches a mark that came after a breath', () => {
    const stretches = [stretch(0, 0, 'no fever'), stretch(0, 3, 'period'), stretch(0, 6, 'no cough')];
    const { text } = assembleTranscript(stretches, FACTS, DICTATION);
    expect(text).toBe('No fever. No cough.');
  });

  it('is never guessed: a visit keeps its words', () => {
    const { text } = assembleTranscript([stretch(0, 0, 'my period comma it was late')], FACTS);
    expect(text).toBe('My period comma it was late.');
  });

  it('loses no spoken word, whatever is dictated', () => {
    const said =
      'period comma open paren close new line paragraph the of colon ten milligrams a m half full stop'.split(' ');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...said), { minLength: 1, maxLength: 14 }), (words) => {
        const { spokenText, words: written } = dictated(words.join(' '));
        expect(spokenText).toBe(words.join(' '));
        for (const [index, word] of written.entries())
          expect(word.start).toBeGreaterThanOrEqual(written[index - 1]?.start ?? 0);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('renderings', () => {
  const transcript = assembleTranscript(VISIT, FACTS);

  it('gives OpenAI’s json and text', () => {
    expect(toJson(transcript)).toEqual({ text: transcript.text, usage: { type: 'duration', seconds: 20 } });
    expect(toText(transcript)).toBe(`${transcript.text}\n`);
  });

  it('gives subtitles that players read', () => {
    expect(toSrt(transcript).split('\n').slice(0, 4)).toEqual([
      '1',
      '00:00:00,000 --> 00:00:01,500',
      'Do you take any medicine?',
      '',
    ]);
    expect(toVtt(transcript)).toMatch(
      /^WEBVTT\n\n00:00:00\.000 --> 00:00:01\.500\nDo you take any medicine\?\n\n00:00:02/,
    );
    const late = assembleTranscript([stretch(0, 3_725.25, 'a < b & c')], { ...FACTS, duration: 4_000 });
    expect(toVtt(late)).toContain('01:02:05.250 --> ');
    expect(toVtt(late)).toContain('A &lt; b &amp; c.');
  });

  it('breaks subtitles that are too long to read', () => {
    const long = assembleTranscript([stretch(0, 0, Array.from({ length: 40 }, () => 'tenderness').join(' '))], FACTS);
    const lines = toSrt(long)
      .split('\n')
      .filter((line) => /[a-z]/.test(line));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(84);
    expect(lines.join(' ')).toBe(long.text);
  });

  it('gives verbose_json with the granularity asked for', () => {
    const segments = toVerboseJson(transcript, 'en');
    expect(segments).toMatchObject({ task: 'transcribe', language: 'en', duration: 20, text: transcript.text });
    expect(segments.segments?.[1]).toMatchObject({
      id: 1,
      start: 2,
      text: 'Lisinopril 10 mg daily.',
      avg_logprob: null,
    });
    expect(segments.words).toBeUndefined();
    const words = toVerboseJson(transcript, 'en', ['word']);
    expect(words.segments).toBeUndefined();
    expect(words.words?.[0]).toEqual({ word: 'Do', start: 0, end: 0.3 });
  });
});
