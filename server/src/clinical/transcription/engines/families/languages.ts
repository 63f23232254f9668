// Languages as native code names them. One that a model does not know ends the process, so it is looked up here first.
import { ProblemError } from '@cordon/contract';
import type { ModelManifest } from '../../model-manifest.ts';

/** The 99 of OpenAI's tokenizer (whisper/tokenizer.py, LANGUAGES), and `yue` of large-v3 is left out: older models lack it. */
const WHISPER: ReadonlySet<string> = new Set(
  (
    'af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id is it ja jw ka ' +
    'kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta ' +
    'te tg th tk tl tr tt uk ur uz vi yi yo zh'
  ).split(' '),
);

const SENSE_VOICE: ReadonlySet<string> = new Set(['zh', 'en', 'ko', 'ja', 'yue']);

/** For Whisper: a code, or empty where the model finds the language itself. Errors: `invalid_request` {field: 'language'}. */
export function whisperLanguage(manifest: ModelManifest, wanted: string | null): string {
  const [only, another] = manifest.languages;
  // A model of one language is told it: its tokens have no others.
  if (only !== undefined && only !== '*' && another === undefined) {
    if (wanted !== null && primary(wanted) !== primary(only)) throw unknownLanguage('model');
    return known(WHISPER, primary(only));
  }
  return wanted === null ? '' : known(WHISPER, offered(manifest, wanted));
}

/** For SenseVoice: a code, or `auto`. Errors: `invalid_request` {field: 'language'}. */
export function senseVoiceLanguage(manifest: ModelManifest, wanted: string | null): string {
  return wanted === null ? 'auto' : known(SENSE_VOICE, offered(manifest, wanted));
}

/** For families that are told no language: whether the model has it. Errors: `invalid_request` {field: 'language'}. */
export function mustHave(manifest: ModelManifest, wanted: string | null): void {
  if (wanted !== null) offered(manifest, wanted);
}

function offered(manifest: ModelManifest, wanted: string): string {
  const code = primary(wanted);
  if (manifest.languages.includes('*') || manifest.languages.some((language) => primary(language) === code))
    return code;
  throw unknownLanguage('model');
}

function known(codes: ReadonlySet<string>, code: string): string {
  if (!codes.has(code)) throw unknownLanguage('engine');
  return code;
}

/** BCP 47: `en-US` → `en`. */
function primary(language: string): string {
  return (language.split('-')[0] ?? '').toLowerCase();
}

function unknownLanguage(rule: 'model' | 'engine'): ProblemError {
  return new ProblemError('invalid_request', { field: 'language', rule });
}
