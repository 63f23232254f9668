// The punctuator child process: takes the words of one recording, portion by portion, gives them with marks and capitals. Words are
// held in memory only.
import { loadPunctuation } from './families/punctuation.ts';
import type { Punctuator } from './families/punctuation.ts';
import type { PunctuationConfig } from './families/companion-config.ts';
import { FRAME } from './frames.ts';
import { parseBody, runChild } from './outlet.ts';

await runChild(async (frames, outlet) => {
  let punctuator: Punctuator | null = null;
  for await (const frame of frames) {
    if (frame.type === FRAME.config && punctuator === null) {
      punctuator = loadPunctuation(parseBody(frame) as PunctuationConfig);
      outlet.send({ type: 'ready', engine: 'punctuator' });
    } else if (frame.type === FRAME.words && punctuator !== null) {
      const words = (parseBody(frame) as readonly string[]).map((spoken) => ({
        spoken,
        start: 0,
        end: 0,
        confidence: 1,
      }));
      const texts = punctuator.punctuate(words).map(({ written }) => written ?? null);
      outlet.send({ type: 'marked', texts });
    }
    await outlet.drained();
  }
});
