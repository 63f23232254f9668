// Published models that `cordon models pull` knows: address at a fixed revision, size and SHA-256 of every file, licence.
// Digests of large files are Git LFS object ids as several public copies agree on them; that of tokens.txt was computed from such a copy. docs/operate/models.md says how to add one.
import type { ModelFamily } from './model-manifest.ts';

export interface CatalogueFile {
  /** Role in the manifest. */
  readonly role: string;
  readonly name: string;
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface CatalogueEntry {
  readonly id: string;
  readonly family: ModelFamily;
  readonly languages: readonly string[];
  readonly licence: string;
  /** What it was trained on, or who made it; for choosing, with where to read more. */
  readonly about: string;
  readonly source: string;
  readonly files: readonly CatalogueFile[];
}

const ZIPFORMER =
  'https://huggingface.co/csukuangfj/sherpa-onnx-streaming-zipformer-en-2023-06-26/resolve/672fbf1b30579d6585301139bb363f42a0ad4a24';
const KROKO =
  'https://huggingface.co/csukuangfj/sherpa-onnx-streaming-zipformer-en-kroko-2025-08-06/resolve/572aaf4e2e0c603c3fc2a574d096e755a178faa1';
const SILERO = 'https://github.com/snakers4/silero-vad/raw/v6.2.1/src/silero_vad/data';

/** In order of preference within a family: the first recogniser and the first detector are what a first start pulls. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    id: 'zipformer-en-2023-06-26',
    family: 'online-transducer',
    languages: ['en'],
    licence: 'Apache-2.0',
    about: 'Streaming Zipformer2 transducer, int8, trained on LibriSpeech (read speech).',
    source: 'https://k2-fsa.github.io/sherpa/onnx/pretrained_models/online-transducer/zipformer-transducer-models.html',
    files: [
      file(
        ZIPFORMER,
        'encoder',
        'encoder-epoch-99-avg-1-chunk-16-left-128.int8.onnx',
        71_083_163,
        '563fde436d16cf7607cf408cd6b30909819d03162652ef389c2450ced3f45ac1',
      ),
      file(
        ZIPFORMER,
        'decoder',
        'decoder-epoch-99-avg-1-chunk-16-left-128.int8.onnx',
        1_307_236,
        '98da299f471e38bb4e1a8df579b8cc9122d6039576a77e357b3c60f17dd83b02',
      ),
      file(
        ZIPFORMER,
        'joiner',
        'joiner-epoch-99-avg-1-chunk-16-left-128.int8.onnx',
        259_335,
        'd944208d660d67c8d72cd2acaeac971fa5ceb8c80e76c1968148846fedd6e297',
      ),
      file(
        ZIPFORMER,
        'tokens',
        'tokens.txt',
        5_048,
        '49e3c2646595fd907228b3c6787069658f67b17377c60aeb8619c4551b2316fb',
      ),
    ],
  },
  {
    id: 'kroko-en-2025-08-06',
    family: 'online-transducer',
    languages: ['en'],
    licence: 'CC-BY-SA-4.0',
    about: 'Streaming Zipformer2 transducer by Banafo (Kroko ASR), community model.',
    source: 'https://k2-fsa.github.io/sherpa/onnx/pretrained_models/online-transducer/zipformer-transducer-models.html',
    files: [
      file(
        KROKO,
        'encoder',
        'encoder.onnx',
        70_092_599,
        'd4881c57449d581e0770fd53fa66c2fdc6cd167d92ece7c715e603defc96d9d4',
      ),
      file(
        KROKO,
        'decoder',
        'decoder.onnx',
        617_488,
        '455ba38466fce8d5a57e7db68a323b684079ca4d9e1dd93a740d9b2429aae3b1',
      ),
      file(KROKO, 'joiner', 'joiner.onnx', 336_817, 'd406f616736350e2a7df3e39398b78eb2fc1a2ca6973a19d3853fa3227e25b52'),
      file(KROKO, 'tokens', 'tokens.txt', 6_310, '396dbeb5f4858875690716084f54e90d339679d0ba3e6b5b584f3d7589254d2d'),
    ],
  },
  {
    id: 'silero-vad',
    family: 'vad',
    languages: ['*'],
    licence: 'MIT',
    about: 'Silero voice activity detector 6.2.1.',
    source: 'https://github.com/snakers4/silero-vad',
    files: [
      file(
        SILERO,
        'model',
        'silero_vad.onnx',
        2_327_524,
        '1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3',
      ),
    ],
  },
];

function file(base: string, role: string, name: string, bytes: number, sha256: string): CatalogueFile {
  return { role, name, url: `${base}/${name}`, bytes, sha256 };
}
