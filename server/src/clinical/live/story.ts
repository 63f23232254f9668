// What a live session has told so far, and what follows from what the child says next. Pure; the same story is told by the events when a
// session is taken up.
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';
import type { LiveMessage, SpokenWord } from '#clinical/transcription/engines/messages.ts';
import type { LiveEvent, Numbered } from './events.ts';
import { toMs } from './setup.ts';

export interface Turn {
  readonly words: readonly SpokenWord[];
  /** Seconds. */
  readonly resumeAt: number;
}

export class Story {
  readonly #turns: Turn[] = [];
  /** Number of the turn that is open or comes next. */
  #item = 1;
  #announced = false;
  #told = '';
  /** Sample at which the open turn began. */
  #began = 0;
  /** Sample from which the session can be taken up. */
  #resumeAt = 0;

  get turns(): readonly Turn[] {
    return this.#turns;
  }

  get resumeAt(): number {
    return this.#resumeAt;
  }

  get toldOfOpenTurn(): string {
    return this.#told;
  }

  /** Tells again what was told. */
  recall({ event }: Numbered): void {
    switch (event.type) {
      case 'speech-began':
        this.#announced = true;
        this.#item = event.item;
        break;
      case 'said':
        this.#told += event.delta;
        break;
      case 'turn-ended':
        this.#endTurn(event.words, event.resumeAt);
        break;
      case 'cleared':
      case 'commit-empty':
        this.#startOver(event.resumeAt);
        break;
      case 'speech-ended':
      case 'finished':
        break;
    }
  }

  take(message: LiveMessage): readonly LiveEvent[] {
    const item = this.#item;
    switch (message.type) {
      case 'began':
        this.#began = message.start;
        if (this.#announced) return [];
        this.#announced = true;
        return [{ type: 'speech-began', item, ms: toMs(message.start) }];
      case 'text':
        this.#told += message.delta;
        return [{ type: 'said', item, delta: message.delta, heardMs: toMs(message.position) }];
      case 'ended':
        return this.#ended(message);
      case 'obeyed':
        return this.#obeyed(message);
      case 'heardAll':
        return [];
    }
  }

  #ended({ delta, words, end, resumeAt, position }: Extract<LiveMessage, { type: 'ended' }>): readonly LiveEvent[] {
    const item = this.#item;
    const text = this.#told + delta;
    const seconds = Math.max(0, end - this.#began) / ENGINE_SAMPLE_RATE;
    this.#endTurn(words, resumeAt);
    return [
      ...(delta === '' ? [] : [{ type: 'said', item, delta, heardMs: toMs(position) } as const]),
      { type: 'speech-ended', item, ms: toMs(end) },
      { type: 'turn-ended', item, text, seconds, words, resumeAt },
    ];
  }

  #obeyed({ what, empty, resumeAt }: Extract<LiveMessage, { type: 'obeyed' }>): readonly LiveEvent[] {
    const open = this.#announced ? this.#item : null;
    if (what === 'commit') {
      this.#resumeAt = resumeAt;
      return empty ? [{ type: 'commit-empty', resumeAt }] : [];
    }
    this.#startOver(resumeAt);
    return [{ type: 'cleared', item: open, resumeAt }];
  }

  #endTurn(words: readonly SpokenWord[], resumeAt: number): void {
    this.#turns.push({ words, resumeAt: resumeAt / ENGINE_SAMPLE_RATE });
    this.#startOver(resumeAt);
  }

  #startOver(resumeAt: number): void {
    if (this.#announced) this.#item += 1;
    this.#announced = false;
    this.#told = '';
    this.#resumeAt = resumeAt;
  }
}
