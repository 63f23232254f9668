// Models of a few kilobytes that the real library loads and runs: the graphs are written here, by the rules of onnx.proto, so that
// punctuation and speakers are tested through native code although no trained model for them is at hand. What they do is simple and known.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileDigest } from '#clinical/transcription/digests.ts';
import type { ModelFamily } from '#clinical/transcription/model-manifest.ts';

/** Puts a model directory with its digests into `root`. Answers its path. */
export async function putModel(
  root: string,
  { id, family, files }: { readonly id: string; readonly family: ModelFamily; readonly files: TinyFiles },
): Promise<string> {
  const path = join(root, id);
  await mkdir(path, { recursive: true });
  const names: Record<string, string> = {};
  const sums: string[] = [];
  for (const [role, bytes] of Object.entries(files)) {
    names[role] = `${role}.bin`;
    await writeFile(join(path, `${role}.bin`), bytes);
    sums.push(`${await fileDigest(join(path, `${role}.bin`))}  ${role}.bin`);
  }
  const manifest = { id, family, languages: ['en'], files: names, licence: 'Apache-2.0' };
  await writeFile(join(path, 'model.json'), JSON.stringify(manifest));
  await writeFile(join(path, 'SHA256SUMS'), `${sums.join('\n')}\n`);
  return path;
}

export type TinyFiles = Readonly<Record<string, Uint8Array | string>>;

/** A CT-transformer by its inputs, outputs and metadata: writes after each word what `marks` says, and a full stop at the end. */
export function tinyCtPunctuation(marks: Readonly<Record<string, '，' | '？' | '。'>>): TinyFiles {
  const punctuations = ['<unk>', '_', '，', '。', '？', '、'];
  const tokens = ['<unk>', ...Object.keys(marks)];
  const table = tokens.flatMap((token) => oneHot(punctuations.indexOf(marks[token] ?? '_'), punctuations.length));
  const model = encodeModel({
    nodes: [node('Gather', ['table', 'inputs'], ['logits'])],
    constants: [floats('table', [tokens.length, punctuations.length], table)],
    inputs: [valueOf('inputs', INT32, [1, 'T']), valueOf('text_lengths', INT32, [1])],
    outputs: [valueOf('logits', FLOAT, [1, 'T', punctuations.length])],
    metadata: {
      tokens: tokens.join('|'),
      vocab_size: String(tokens.length),
      punctuations: punctuations.join('|'),
      unk_symbol: '<unk>',
    },
  });
  return { model };
}

/** Samples. */
const SECOND = 16_000;

/** A segmentation model of one-second chunks: one person speaks where the sound is louder than a whisper. */
export function tinySegmentation(): TinyFiles {
  const loud = { speech: 4_000, never: -10 };
  const model = encodeModel({
    nodes: [
      node('Mul', ['x', 'x'], ['power']),
      node('AveragePool', ['power'], ['level'], [ints('kernel_shape', [991]), ints('strides', [270])]),
      node('Conv', ['level', 'weight', 'bias'], ['classes']),
      node('Transpose', ['classes'], ['y'], [ints('perm', [0, 2, 1])]),
    ],
    constants: [
      floats('weight', [7, 1, 1], [0, loud.speech, 0, 0, 0, 0, 0]),
      floats('bias', [7], [1, 0, ...Array.from({ length: 5 }, () => loud.never)]),
    ],
    inputs: [valueOf('x', FLOAT, ['N', 1, 'T'])],
    outputs: [valueOf('y', FLOAT, ['N', 'F', 7])],
    metadata: {
      sample_rate: String(SECOND),
      window_size: String(SECOND),
      receptive_field_size: '991',
      receptive_field_shift: '270',
      num_speakers: '3',
      powerset_max_classes: '2',
      num_classes: '7',
    },
  });
  return { model };
}

/** An embedding model: the mean spectrum of the sound without its level. Tells microphones and low voices from high ones, no more. */
export function tinyEmbedding(): TinyFiles {
  const model = encodeModel({
    nodes: [
      node('ReduceMean', ['x'], ['spectrum'], [ints('axes', [1]), int('keepdims', 0)]),
      node('ReduceMean', ['spectrum'], ['level'], [ints('axes', [1]), int('keepdims', 1)]),
      node('Sub', ['spectrum', 'level'], ['shape']),
      node('Sub', ['shape', 'usual'], ['embedding']),
    ],
    constants: [floats('usual', [1, 80], USUAL_SPECTRUM)],
    inputs: [valueOf('x', FLOAT, [1, 'T', 80])],
    outputs: [valueOf('embedding', FLOAT, [1, 80])],
    metadata: {
      output_dim: '80',
      sample_rate: String(SECOND),
      normalize_samples: '1',
      language: 'en',
      framework: 'wespeaker',
    },
  });
  return { model };
}

/** What any speech has in common, roughly: less towards high frequencies. */
const USUAL_SPECTRUM = Array.from({ length: 80 }, (_, bin) => 2.5 - (5 * bin) / 79);

function oneHot(index: number, length: number): number[] {
  return Array.from({ length }, (_, at) => (at === index ? 1 : 0));
}

// onnx.proto: a message is a list of fields; wire types 0 (varint) and 2 (bytes) are all that is needed here.

const FLOAT = 1;
const INT32 = 6;

interface Graph {
  readonly nodes: readonly Buffer[];
  readonly constants: readonly Buffer[];
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
  readonly metadata: Readonly<Record<string, string>>;
}

function encodeModel({ nodes, constants, inputs, outputs, metadata }: Graph): Buffer {
  const graph = Buffer.concat([
    ...nodes.map((one) => bytes(1, one)),
    bytes(2, Buffer.from('tiny')),
    ...constants.map((one) => bytes(5, one)),
    ...inputs.map((one) => bytes(11, one)),
    ...outputs.map((one) => bytes(12, one)),
  ]);
  const entries = Object.entries(metadata).map(([key, value]) =>
    bytes(14, Buffer.concat([bytes(1, Buffer.from(key)), bytes(2, Buffer.from(value))])),
  );
  return Buffer.concat([varint(1, 8), bytes(7, graph), bytes(8, varint(2, 13)), ...entries]);
}

function node(
  operator: string,
  from: readonly string[],
  to: readonly string[],
  attributes: readonly Buffer[] = [],
): Buffer {
  return Buffer.concat([
    ...from.map((name) => bytes(1, Buffer.from(name))),
    ...to.map((name) => bytes(2, Buffer.from(name))),
    bytes(4, Buffer.from(operator)),
    ...attributes.map((attribute) => bytes(5, attribute)),
  ]);
}

function ints(name: string, values: readonly number[]): Buffer {
  return Buffer.concat([bytes(1, Buffer.from(name)), ...values.map((value) => varint(8, value)), varint(20, 7)]);
}

function int(name: string, value: number): Buffer {
  return Buffer.concat([bytes(1, Buffer.from(name)), varint(3, value), varint(20, 2)]);
}

function floats(name: string, dims: readonly number[], values: readonly number[]): Buffer {
  const raw = new Uint8Array(Float32Array.from(values).buffer);
  return Buffer.concat([
    ...dims.map((dim) => varint(1, dim)),
    varint(2, FLOAT),
    bytes(8, Buffer.from(name)),
    bytes(9, raw),
  ]);
}

function valueOf(name: string, type: number, dims: readonly (number | string)[]): Buffer {
  const shape = dims.map((dim) => bytes(1, typeof dim === 'number' ? varint(1, dim) : bytes(2, Buffer.from(dim))));
  const tensor = Buffer.concat([varint(1, type), bytes(2, Buffer.concat(shape))]);
  return Buffer.concat([bytes(1, Buffer.from(name)), bytes(2, bytes(1, tensor))]);
}

function varint(field: number, value: number): Buffer {
  return Buffer.concat([number(field * 8), number(value)]);
}

function bytes(field: number, body: Uint8Array): Buffer {
  return Buffer.concat([number(field * 8 + 2), number(body.length), body]);
}

/** Seven bits at a time, the lowest first. */
function number(value: number): Buffer {
  const digits: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) digits.push((rest % 128) + 128);
  return Buffer.from([...digits, rest]);
}
