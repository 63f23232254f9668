import { describe, expect, it } from 'vitest';
import { markedWords } from './marks.ts';

const WORDS = ['how', 'are', 'you', "don't", 'ask'];

describe('markedWords', () => {
  it.each([
    ["How are you? Don't ask.", ['How', 'are', 'you?', "Don't", 'ask.']],
    // As CT-transformers write English: wide marks, and no space behind them.
    ["how are you？don't，ask。", ['how', 'are', 'you?', "don't,", 'ask.']],
    ["how are you ? don ' t ask", ['how', 'are', 'you?', "don't", 'ask']],
    // The first of several marks counts: one word has one.
    ["how are you?? don't ask...", ['how', 'are', 'you?', "don't", 'ask.']],
  ])('reads %j', (text, expected) => {
    expect(markedWords(WORDS, text)).toEqual(expected);
  });

  it.each([
    ["How are you? Don't ask him."],
    ["How are you? Don't"],
    ["How are you; don't tell"],
    ["(How are you? Don't ask.)"],
    [''],
  ])('takes %j for other words', (text) => {
    expect(markedWords(WORDS, text)).toBeNull();
  });

  it('keeps the marks of a language that is written with them', () => {
    expect(markedWords(['你好', 'ok'], '你好。ok。')).toEqual(['你好。', 'ok.']);
  });
});
