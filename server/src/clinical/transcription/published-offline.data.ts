// Recognisers that hear a whole stretch at once. Sizes and digests are those that several public lists give for the same revision;
// files under 10 MB are often no Git LFS objects, and their digests were computed by those lists’ makers.
import type { CatalogueEntry } from './published-model.ts';

const PARAKEET_V2 =
  'https://huggingface.co/csukuangfj/sherpa-onnx-nemo-parakeet-tdt-0.6b-v2-int8/resolve/1ab9323565ddb038682214b292f588070a538ce2';
const PARAKEET_V3 =
  'https://huggingface.co/csukuangfj/sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8/resolve/2bda32ec70b097a55adaa07d9a7173915b43cc78';
const PARAKEET_CTC =
  'https://huggingface.co/VocaHQ/sherpa-onnx-nemo-parakeet-tdt-ctc-110m-en-int8/resolve/548291ccad79f80d9fb75b2de04cc8f6e4f45342';
const SENSE_VOICE =
  'https://huggingface.co/csukuangfj/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17/resolve/2365baeacb507f821a0c8120fcee3d484dba7a07';
const GIGASPEECH = 'https://huggingface.co/csukuangfj/sherpa-onnx-zipformer-gigaspeech-2023-12-12/resolve/main';

export const OFFLINE_MODELS: readonly CatalogueEntry[] = [
  {
    id: 'parakeet-tdt-0.6b-v2-int8',
    family: 'nemo-transducer',
    languages: ['en'],
    licence: 'CC-BY-4.0',
    about: 'NVIDIA Parakeet TDT 0.6B v2, English, int8. Punctuated and cased. About 2 GB of memory.',
    source: 'https://k2-fsa.github.io/sherpa/onnx/pretrained_models/offline-transducer/nemo/parakeet-tdt-0.6b-v2.html',
    accuracy: [
      {
        what: 'Word errors 6.05 % (mean of the Open ASR leaderboard, not quantised)',
        source: 'https://huggingface.co/nvidia/parakeet-tdt-0.6b-v2 (.eval_results/open_asr_leaderboard.yaml)',
      },
      {
        what: 'Word errors 10.75 %, of drug names 15.7 %',
        source: 'https://github.com/Omi-Health/medical-STT-eval (c0e6c11), 55 PriMock57 consultations',
      },
    ],
    speed: [
      {
        what: 'Real-time factor 0.220, 0.142, 0.118, 0.088 with 1 to 4 threads on a Cortex-A76',
        source:
          'https://k2-fsa.github.io/sherpa/onnx/pretrained_models/offline-transducer/nemo/parakeet-tdt-0.6b-v2.html',
      },
    ],
    files: [
      {
        role: 'encoder',
        name: 'encoder.int8.onnx',
        url: `${PARAKEET_V2}/encoder.int8.onnx`,
        bytes: 652_184_296,
        sha256: 'a32b12d17bbbc309d0686fbbcc2987b5e9b8333a7da83fa6b089f0a2acd651ab',
      },
      {
        role: 'decoder',
        name: 'decoder.int8.onnx',
        url: `${PARAKEET_V2}/decoder.int8.onnx`,
        bytes: 7_257_753,
        sha256: 'b6bb64963457237b900e496ee9994b59294526439fbcc1fecf705b31a15c6b4e',
      },
      {
        role: 'joiner',
        name: 'joiner.int8.onnx',
        url: `${PARAKEET_V2}/joiner.int8.onnx`,
        bytes: 1_739_080,
        sha256: '7946164367946e7f9f29a122407c3252b680dbae9a51343eb2488d057c3c43d2',
      },
      {
        role: 'tokens',
        name: 'tokens.txt',
        url: `${PARAKEET_V2}/tokens.txt`,
        bytes: 9_384,
        sha256: 'ec182b70dd42113aff6c5372c75cac58c952443eb22322f57bbd7f53977d497d',
      },
    ],
  },
  {
    id: 'parakeet-tdt-0.6b-v3-int8',
    family: 'nemo-transducer',
    languages: [
      'bg',
      'hr',
      'cs',
      'da',
      'nl',
      'en',
      'et',
      'fi',
      'fr',
      'de',
      'el',
      'hu',
      'it',
      'lv',
      'lt',
      'mt',
      'pl',
      'pt',
      'ro',
      'sk',
      'sl',
      'es',
      'sv',
      'ru',
      'uk',
    ],
    licence: 'CC-BY-4.0',
    about:
      'NVIDIA Parakeet TDT 0.6B v3, 25 European languages found by itself, int8. Punctuated and cased. About 2 GB of memory.',
    source: 'https://huggingface.co/nvidia/parakeet-tdt-0.6b-v3',
    accuracy: [
      {
        what: 'Word errors 9.35 %, of drug names 20.6 %',
        source: 'https://github.com/Omi-Health/medical-STT-eval (c0e6c11), 55 PriMock57 consultations',
      },
      {
        what: 'Word errors 11.31 % (AMI meetings, not quantised)',
        source: 'https://huggingface.co/nvidia/parakeet-tdt-0.6b-v3 (README.md)',
      },
    ],
    speed: [],
    files: [
      {
        role: 'encoder',
        name: 'encoder.int8.onnx',
        url: `${PARAKEET_V3}/encoder.int8.onnx`,
        bytes: 652_184_281,
        sha256: 'acfc2b4456377e15d04f0243af540b7fe7c992f8d898d751cf134c3a55fd2247',
      },
      {
        role: 'decoder',
        name: 'decoder.int8.onnx',
        url: `${PARAKEET_V3}/decoder.int8.onnx`,
        bytes: 11_845_275,
        sha256: '179e50c43d1a9de79c8a24149a2f9bac6eb5981823f2a2ed88d655b24248db4e',
      },
      {
        role: 'joiner',
        name: 'joiner.int8.onnx',
        url: `${PARAKEET_V3}/joiner.int8.onnx`,
        bytes: 6_355_277,
        sha256: '3164c13fc2821009440d20fcb5fdc78bff28b4db2f8d0f0b329101719c0948b3',
      },
      {
        role: 'tokens',
        name: 'tokens.txt',
        url: `${PARAKEET_V3}/tokens.txt`,
        bytes: 93_939,
        sha256: 'd58544679ea4bc6ac563d1f545eb7d474bd6cfa467f0a6e2c1dc1c7d37e3c35d',
      },
    ],
  },
  {
    id: 'parakeet-ctc-110m-en-int8',
    family: 'nemo-ctc',
    languages: ['en'],
    licence: 'CC-BY-4.0',
    about: 'NVIDIA Parakeet TDT-CTC 110M, English, its CTC head, int8. Punctuated and cased.',
    source: 'https://huggingface.co/nvidia/parakeet-tdt_ctc-110m',
    accuracy: [
      {
        what: 'Word errors 3.00 % and 6.20 % (LibriSpeech test-clean and test-other, this int8 build)',
        source: 'https://huggingface.co/VocaHQ/sherpa-onnx-nemo-parakeet-tdt-ctc-110m-en-int8',
      },
    ],
    speed: [],
    files: [
      {
        role: 'model',
        name: 'model.int8.onnx',
        url: `${PARAKEET_CTC}/model.int8.onnx`,
        bytes: 131_652_171,
        sha256: '9177a9146cf32ee0cc8152276ef95116f312018d316be37ccf57f7efea81fc1a',
      },
      {
        role: 'tokens',
        name: 'tokens.txt',
        url: `${PARAKEET_CTC}/tokens.txt`,
        bytes: 9_953,
        sha256: '450e56bd2f036fe5b6aa821865838cc5aa9d8b0106134ce9a9ba0664abe6cd10',
      },
    ],
  },
  {
    id: 'sense-voice-2024-07-17-int8',
    family: 'sense-voice',
    languages: ['zh', 'en', 'ja', 'ko', 'yue'],
    licence: 'FunASR Model Open Source License Agreement: read it before production',
    about: 'SenseVoice small, int8: Mandarin, Cantonese, English, Japanese, Korean.',
    source: 'https://k2-fsa.github.io/sherpa/onnx/sense-voice/index.html',
    accuracy: [],
    speed: [{ what: 'About 70 ms for 10 s of sound', source: 'https://huggingface.co/FunAudioLLM/SenseVoiceSmall' }],
    files: [
      {
        role: 'model',
        name: 'model.int8.onnx',
        url: `${SENSE_VOICE}/model.int8.onnx`,
        bytes: 239_233_841,
        sha256: 'c71f0ce00bec95b07744e116345e33d8cbbe08cef896382cf907bf4b51a2cd51',
      },
      {
        role: 'tokens',
        name: 'tokens.txt',
        url: `${SENSE_VOICE}/tokens.txt`,
        bytes: 315_894,
        sha256: 'f449eb28dc567533d7fa59be34e2abca8784f771850c78a47fb731a31429a1dc',
      },
    ],
  },
  {
    id: 'zipformer-gigaspeech-2023-12-12-int8',
    family: 'offline-transducer',
    languages: ['en'],
    licence: 'Apache-2.0 as published; trained on GigaSpeech, whose audio has terms of its own',
    about: 'Zipformer transducer, int8, trained on GigaSpeech. Capitals, no punctuation.',
    source: 'https://huggingface.co/k2-fsa/sherpa-onnx-zipformer-gigaspeech-2023-12-12',
    accuracy: [],
    speed: [],
    files: [
      {
        role: 'encoder',
        name: 'encoder-epoch-30-avg-1.int8.onnx',
        url: `${GIGASPEECH}/encoder-epoch-30-avg-1.int8.onnx`,
        bytes: 72_850_738,
        sha256: null,
      },
      {
        role: 'decoder',
        name: 'decoder-epoch-30-avg-1.int8.onnx',
        url: `${GIGASPEECH}/decoder-epoch-30-avg-1.int8.onnx`,
        bytes: 540_688,
        sha256: null,
      },
      {
        role: 'joiner',
        name: 'joiner-epoch-30-avg-1.int8.onnx',
        url: `${GIGASPEECH}/joiner-epoch-30-avg-1.int8.onnx`,
        bytes: 259_417,
        sha256: null,
      },
      {
        role: 'tokens',
        name: 'tokens.txt',
        url: `${GIGASPEECH}/tokens.txt`,
        bytes: 5_020,
        sha256: null,
      },
    ],
  },
];
