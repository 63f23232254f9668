// Streaming recognisers. Digests of large files are Git LFS object ids as several public copies agree on them; that of tokens.txt
// was computed from such a copy.
import type { CatalogueEntry } from './published-model.ts';

const ZIPFORMER =
  'https://huggingface.co/csukuangfj/sherpa-onnx-streaming-zipformer-en-2023-06-26/resolve/672fbf1b30579d6585301139bb363f42a0ad4a24';
const KROKO =
  'https://huggingface.co/csukuangfj/sherpa-onnx-streaming-zipformer-en-kroko-2025-08-06/resolve/572aaf4e2e0c603c3fc2a574d096e755a178faa1';

export const STREAMING_MODELS: readonly CatalogueEntry[] = [
  {
    id: 'zipformer-en-2023-06-26',
    family: 'online-transducer',
    languages: ['en'],
    licence: 'Apache-2.0',
    about: 'Streaming Zipformer2 transducer, int8, trained on LibriSpeech (read speech). Capitals, no punctuation.',
    source: 'https://k2-fsa.github.io/sherpa/onnx/pretrained_models/online-transducer/zipformer-transducer-models.html',
    accuracy: [],
    speed: [],
    files: [
      {
        role: 'encoder',
        name: 'encoder-epoch-99-avg-1-chunk-16-left-128.int8.onnx',
        url: `${ZIPFORMER}/encoder-epoch-99-avg-1-chunk-16-left-128.int8.onnx`,
        bytes: 71_083_163,
        sha256: '563fde436d16cf7607cf408cd6b30909819d03162652ef389c2450ced3f45ac1',
      },
      {
        role: 'decoder',
        name: 'decoder-epoch-99-avg-1-chunk-16-left-128.int8.onnx',
        url: `${ZIPFORMER}/decoder-epoch-99-avg-1-chunk-16-left-128.int8.onnx`,
        bytes: 1_307_236,
        sha256: '98da299f471e38bb4e1a8df579b8cc9122d6039576a77e357b3c60f17dd83b02',
      },
      {
        role: 'joiner',
        name: 'joiner-epoch-99-avg-1-chunk-16-left-128.int8.onnx',
        url: `${ZIPFORMER}/joiner-epoch-99-avg-1-chunk-16-left-128.int8.onnx`,
        bytes: 259_335,
        sha256: 'd944208d660d67c8d72cd2acaeac971fa5ceb8c80e76c1968148846fedd6e297',
      },
      {
        role: 'tokens',
        name: 'tokens.txt',
        url: `${ZIPFORMER}/tokens.txt`,
        bytes: 5_048,
        sha256: '49e3c2646595fd907228b3c6787069658f67b17377c60aeb8619c4551b2316fb',
      },
    ],
  },
  {
    id: 'kroko-en-2025-08-06',
    family: 'online-transducer',
    languages: ['en'],
    licence: 'CC-BY-SA-4.0',
    about: 'Streaming Zipformer2 transducer by Banafo (Kroko ASR), community model.',
    source: 'https://k2-fsa.github.io/sherpa/onnx/pretrained_models/online-transducer/zipformer-transducer-models.html',
    accuracy: [],
    speed: [],
    files: [
      {
        role: 'encoder',
        name: 'encoder.onnx',
        url: `${KROKO}/encoder.onnx`,
        bytes: 70_092_599,
        sha256: 'd4881c57449d581e0770fd53fa66c2fdc6cd167d92ece7c715e603defc96d9d4',
      },
      {
        role: 'decoder',
        name: 'decoder.onnx',
        url: `${KROKO}/decoder.onnx`,
        bytes: 617_488,
        sha256: '455ba38466fce8d5a57e7db68a323b684079ca4d9e1dd93a740d9b2429aae3b1',
      },
      {
        role: 'joiner',
        name: 'joiner.onnx',
        url: `${KROKO}/joiner.onnx`,
        bytes: 336_817,
        sha256: 'd406f616736350e2a7df3e39398b78eb2fc1a2ca6973a19d3853fa3227e25b52',
      },
      {
        role: 'tokens',
        name: 'tokens.txt',
        url: `${KROKO}/tokens.txt`,
        bytes: 6_310,
        sha256: '396dbeb5f4858875690716084f54e90d339679d0ba3e6b5b584f3d7589254d2d',
      },
    ],
  },
];
