// Models beside a recogniser: where speech is, its punctuation, who speaks.
import type { CatalogueEntry } from './published-model.ts';

const SILERO = 'https://github.com/snakers4/silero-vad/raw/v6.2.1/src/silero_vad/data';
const PUNCTUATION = 'https://huggingface.co/lorneluo/sherpa-onnx-online-punct-en-2024-08-06/resolve/main';
const SEGMENTATION =
  'https://huggingface.co/csukuangfj/sherpa-onnx-pyannote-segmentation-3-0/resolve/9403a6902bb58e3d5ae8c7e77c3422de279db2e0';
const EMBEDDING =
  'https://huggingface.co/csukuangfj/speaker-embedding-models/resolve/0743f301363dec56491a490f6d6cbc9d67f9a3bf';

export const COMPANION_MODELS: readonly CatalogueEntry[] = [
  {
    id: 'silero-vad',
    family: 'vad',
    languages: ['*'],
    licence: 'MIT',
    about: 'Silero voice activity detector 6.2.1.',
    source: 'https://github.com/snakers4/silero-vad',
    accuracy: [],
    speed: [],
    files: [
      {
        role: 'model',
        name: 'silero_vad.onnx',
        url: `${SILERO}/silero_vad.onnx`,
        bytes: 2_327_524,
        sha256: '1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3',
      },
    ],
  },
  {
    id: 'punctuation-en-2024-08-06-int8',
    family: 'bilstm-punctuation',
    languages: ['en'],
    licence: 'not stated by its publisher: ask before production',
    about: 'English punctuation and capitals for recognisers that write none (Edge-Punct-Casing, CNN-BiLSTM, int8).',
    source: 'https://k2-fsa.github.io/sherpa/onnx/punctuation/pretrained_models.html',
    accuracy: [],
    speed: [],
    files: [
      {
        role: 'model',
        name: 'model.int8.onnx',
        url: `${PUNCTUATION}/model.int8.onnx`,
        bytes: 7_490_500,
        sha256: '9d611f445fe4a46186080fe161be6059d87d72eb88d3a8cb00c1a06e83a6067e',
      },
      {
        role: 'bpeVocab',
        name: 'bpe.vocab',
        url: `${PUNCTUATION}/bpe.vocab`,
        bytes: 149_430,
        sha256: 'e118b7ad88c54db562517df49e1cffd4836d166c34fb190fd311d7f34eb238f5',
      },
    ],
  },
  {
    id: 'pyannote-segmentation-3.0',
    family: 'speaker-segmentation',
    languages: ['*'],
    licence: 'MIT',
    about: 'pyannote segmentation 3.0: when how many people speak.',
    source: 'https://k2-fsa.github.io/sherpa/onnx/speaker-diarization/models.html',
    accuracy: [],
    speed: [],
    files: [
      {
        role: 'model',
        name: 'model.onnx',
        url: `${SEGMENTATION}/model.onnx`,
        bytes: 5_992_913,
        sha256: '220ad67ca923bef2fa91f2390c786097bf305bceb5e261d4af67b38e938e1079',
      },
    ],
  },
  {
    id: 'campplus-en-voxceleb',
    family: 'speaker-embedding',
    languages: ['en'],
    licence: 'Apache-2.0',
    about: '3D-Speaker CAM++ trained on VoxCeleb: a voice as 512 numbers.',
    source: 'https://github.com/modelscope/3D-Speaker',
    accuracy: [],
    speed: [],
    files: [
      {
        role: 'model',
        name: '3dspeaker_speech_campplus_sv_en_voxceleb_16k.onnx',
        url: `${EMBEDDING}/3dspeaker_speech_campplus_sv_en_voxceleb_16k.onnx`,
        bytes: 29_596_978,
        sha256: '357a834f702b80161e5b981182c038e18553c1f2ca752ed6cec2052365d4129b',
      },
    ],
  },
];
