// Recognisers that write their text like a translation (attention decoders): they give no times of words.
import type { CatalogueEntry } from './published-model.ts';

const TINY_EN =
  'https://huggingface.co/csukuangfj/sherpa-onnx-whisper-tiny.en/resolve/d026532c022fa99fd789d6b32446a1df7b6bfc43';
const BASE_EN =
  'https://huggingface.co/csukuangfj/sherpa-onnx-whisper-base.en/resolve/59eea950fc76df2453efb57e6c0fd334548e8ffe';
const SMALL_EN =
  'https://huggingface.co/csukuangfj/sherpa-onnx-whisper-small.en/resolve/d9533f69affd85061aee349af7fea5cb2996dbbe';
const TURBO =
  'https://huggingface.co/csukuangfj/sherpa-onnx-whisper-turbo/resolve/2ca6ff69fc878651b770880507669577ac41c2ff';
const MOONSHINE_TINY =
  'https://huggingface.co/csukuangfj/sherpa-onnx-moonshine-tiny-en-int8/resolve/bf2b762c076d8ea61e2af0b3851c9564fb77552e';
const MOONSHINE_BASE =
  'https://huggingface.co/csukuangfj/sherpa-onnx-moonshine-base-en-int8/resolve/052b0798ad1bf046a140fdd4efcd9426530fa3f5';

export const ATTENTION_MODELS: readonly CatalogueEntry[] = [
  {
    id: 'whisper-tiny.en',
    family: 'whisper',
    languages: ['en'],
    licence: 'MIT',
    about: 'OpenAI Whisper tiny.en, int8. Punctuated and cased; gives no times of words.',
    source: 'https://k2-fsa.github.io/sherpa/onnx/pretrained_models/whisper/index.html',
    accuracy: [
      {
        what: 'Word errors 12.81 %',
        source:
          'https://github.com/moonshine-ai/moonshine (docs/moonshine-vs-whisper.md), mean over the Open ASR leaderboard’s English sets',
      },
    ],
    speed: [
      {
        what: '1.1 s after the end of speech on an x86 machine',
        source: 'https://github.com/moonshine-ai/moonshine (docs/moonshine-vs-whisper.md)',
      },
    ],
    files: [
      {
        role: 'encoder',
        name: 'tiny.en-encoder.int8.onnx',
        url: `${TINY_EN}/tiny.en-encoder.int8.onnx`,
        bytes: 12_937_772,
        sha256: '0ce578b827c94a961aacb8fa14b02f096504b337e5c94be37c36238cbe3e8bc6',
      },
      {
        role: 'decoder',
        name: 'tiny.en-decoder.int8.onnx',
        url: `${TINY_EN}/tiny.en-decoder.int8.onnx`,
        bytes: 89_853_865,
        sha256: '06c0e6ff6348d427e51839219d1c886c18cfdf411e629e33f5e1679bff9c1527',
      },
      {
        role: 'tokens',
        name: 'tiny.en-tokens.txt',
        url: `${TINY_EN}/tiny.en-tokens.txt`,
        bytes: 835_554,
        sha256: '306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930',
      },
    ],
  },
  {
    id: 'whisper-base.en',
    family: 'whisper',
    languages: ['en'],
    licence: 'MIT',
    about: 'OpenAI Whisper base.en, int8. Punctuated and cased; gives no times of words.',
    source: 'https://k2-fsa.github.io/sherpa/onnx/pretrained_models/whisper/index.html',
    accuracy: [],
    speed: [],
    files: [
      {
        role: 'encoder',
        name: 'base.en-encoder.int8.onnx',
        url: `${BASE_EN}/base.en-encoder.int8.onnx`,
        bytes: 29_120_534,
        sha256: 'ef6b936f4c9b1d90a3b68634b60c4ed8576b26172b33c2535ec0e933c9edb823',
      },
      {
        role: 'decoder',
        name: 'base.en-decoder.int8.onnx',
        url: `${BASE_EN}/base.en-decoder.int8.onnx`,
        bytes: 130_669_978,
        sha256: 'f7162ad6db2dbef16cfaeaa7f945b9d7dd9c1b8d472f6aca82f2273d185e4d41',
      },
      {
        role: 'tokens',
        name: 'base.en-tokens.txt',
        url: `${BASE_EN}/base.en-tokens.txt`,
        bytes: 835_554,
        sha256: '306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930',
      },
    ],
  },
  {
    id: 'whisper-small.en',
    family: 'whisper',
    languages: ['en'],
    licence: 'MIT',
    about: 'OpenAI Whisper small.en, int8. Punctuated and cased; gives no times of words.',
    source: 'https://k2-fsa.github.io/sherpa/onnx/pretrained_models/whisper/index.html',
    accuracy: [
      {
        what: 'Word errors 8.59 %',
        source:
          'https://github.com/moonshine-ai/moonshine (docs/moonshine-vs-whisper.md), mean over the Open ASR leaderboard’s English sets',
      },
    ],
    speed: [
      {
        what: '3.4 s after the end of speech on an x86 machine',
        source: 'https://github.com/moonshine-ai/moonshine (docs/moonshine-vs-whisper.md)',
      },
    ],
    files: [
      {
        role: 'encoder',
        name: 'small.en-encoder.int8.onnx',
        url: `${SMALL_EN}/small.en-encoder.int8.onnx`,
        bytes: 112_442_483,
        sha256: '8bdac288f369aa94ee2194059238c465ed82ea9d47ee8fa4a8c0a891873e462f',
      },
      {
        role: 'decoder',
        name: 'small.en-decoder.int8.onnx',
        url: `${SMALL_EN}/small.en-decoder.int8.onnx`,
        bytes: 262_223_042,
        sha256: '710ccf890e10f3faa15f51ec346081a2723c9f3adb6e4da81c6573a5a6f877fb',
      },
      {
        role: 'tokens',
        name: 'small.en-tokens.txt',
        url: `${SMALL_EN}/small.en-tokens.txt`,
        bytes: 835_554,
        sha256: '306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930',
      },
    ],
  },
  {
    id: 'whisper-turbo',
    family: 'whisper',
    languages: ['*'],
    licence: 'MIT',
    about: 'OpenAI Whisper large-v3-turbo, int8, 99 languages. Punctuated and cased; gives no times of words.',
    source: 'https://k2-fsa.github.io/sherpa/onnx/pretrained_models/whisper/index.html',
    accuracy: [
      {
        what: 'Word errors 11.65 %, of drug names 12.2 % (another build of the same weights)',
        source: 'https://github.com/Omi-Health/medical-STT-eval (c0e6c11), 55 PriMock57 consultations',
      },
    ],
    speed: [],
    files: [
      {
        role: 'encoder',
        name: 'turbo-encoder.int8.onnx',
        url: `${TURBO}/turbo-encoder.int8.onnx`,
        bytes: 674_716_297,
        sha256: 'b02dcdf54f348741e93fe732b67d933c8dcb6735655f710640143081db38878b',
      },
      {
        role: 'decoder',
        name: 'turbo-decoder.int8.onnx',
        url: `${TURBO}/turbo-decoder.int8.onnx`,
        bytes: 361_080_764,
        sha256: '20accd02388482eb3a46bd615631adfdc85e1eb2c7db9ea3f02a40ffe6b81547',
      },
      {
        role: 'tokens',
        name: 'turbo-tokens.txt',
        url: `${TURBO}/turbo-tokens.txt`,
        bytes: 816_730,
        sha256: 'b34b360dbb493e781e479794586d661700670d65564001f23024971d1f2fa126',
      },
    ],
  },
  {
    id: 'moonshine-tiny-en-int8',
    family: 'moonshine',
    languages: ['en'],
    licence: 'MIT',
    about:
      'Moonshine tiny, English, int8: small and quick on short stretches. Punctuated and cased; gives no times of words.',
    source: 'https://k2-fsa.github.io/sherpa/onnx/moonshine/index.html',
    accuracy: [
      {
        what: 'Word errors 12.66 % (mean of the Open ASR leaderboard)',
        source: 'https://github.com/moonshine-ai/moonshine (README.md)',
      },
    ],
    speed: [],
    files: [
      {
        role: 'preprocessor',
        name: 'preprocess.onnx',
        url: `${MOONSHINE_TINY}/preprocess.onnx`,
        bytes: 6_800_738,
        sha256: 'f33addce61a143460fe753b5ee5b7db255e5140b5b779c065b94f6c83ff0bf4e',
      },
      {
        role: 'encoder',
        name: 'encode.int8.onnx',
        url: `${MOONSHINE_TINY}/encode.int8.onnx`,
        bytes: 18_249_187,
        sha256: '8774dfba578de027ec6595c2c654a0836434489bc963a0db124a7f181f571acb',
      },
      {
        role: 'uncachedDecoder',
        name: 'uncached_decode.int8.onnx',
        url: `${MOONSHINE_TINY}/uncached_decode.int8.onnx`,
        bytes: 53_216_096,
        sha256: '216737000dd5881a17aa043f6bbd286add33e4c3b0ae257153e2ec15438bdc41',
      },
      {
        role: 'cachedDecoder',
        name: 'cached_decode.int8.onnx',
        url: `${MOONSHINE_TINY}/cached_decode.int8.onnx`,
        bytes: 45_264_830,
        sha256: '2aff28bba6a03d8dcf5c9feac45462629bae37317442299f28115ad09da773f6',
      },
      {
        role: 'tokens',
        name: 'tokens.txt',
        url: `${MOONSHINE_TINY}/tokens.txt`,
        bytes: 436_688,
        sha256: '1165c2aeb9f72f457a83be2d459a09054f27490acd9b41bd43794dfd25e296ea',
      },
    ],
  },
  {
    id: 'moonshine-base-en-int8',
    family: 'moonshine',
    languages: ['en'],
    licence: 'MIT',
    about: 'Moonshine base, English, int8. Punctuated and cased; gives no times of words.',
    source: 'https://k2-fsa.github.io/sherpa/onnx/moonshine/index.html',
    accuracy: [
      {
        what: 'Word errors 10.07 % (mean of the Open ASR leaderboard)',
        source: 'https://github.com/moonshine-ai/moonshine (README.md)',
      },
    ],
    speed: [],
    files: [
      {
        role: 'preprocessor',
        name: 'preprocess.onnx',
        url: `${MOONSHINE_BASE}/preprocess.onnx`,
        bytes: 14_077_290,
        sha256: 'ffa630d395c5ccf76f5d4954be5b882df76aaf6491519ec01fd82ea7a3819fb2',
      },
      {
        role: 'encoder',
        name: 'encode.int8.onnx',
        url: `${MOONSHINE_BASE}/encode.int8.onnx`,
        bytes: 50_311_494,
        sha256: '7e38770f776f2e5583a53b052936005df2ba5c833d7e09c2a5fd796b94bf73e2',
      },
      {
        role: 'uncachedDecoder',
        name: 'uncached_decode.int8.onnx',
        url: `${MOONSHINE_BASE}/uncached_decode.int8.onnx`,
        bytes: 122_120_451,
        sha256: 'c01f4b35093bcac20d352d23a75a539e772964579f9d024a90e5e6f09cae9987',
      },
      {
        role: 'cachedDecoder',
        name: 'cached_decode.int8.onnx',
        url: `${MOONSHINE_BASE}/cached_decode.int8.onnx`,
        bytes: 99_983_837,
        sha256: '2db74e51cedf64a8b1be3c8192e0bb5e4923af0e90bd9e87f8e8771873f8ea03',
      },
      {
        role: 'tokens',
        name: 'tokens.txt',
        url: `${MOONSHINE_BASE}/tokens.txt`,
        bytes: 436_688,
        sha256: '1165c2aeb9f72f457a83be2d459a09054f27490acd9b41bd43794dfd25e296ea',
      },
    ],
  },
];
