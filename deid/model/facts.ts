// What runs, as method records name it: version, code, model and ZIP table, each by its digest. Evidence of one engine says nothing of another.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { ENGINE_VERSION, zip3 } from '../src/index.ts';
import { loadModel, MODEL_DIRECTORY } from './load.ts';

/** Digests are SHA-256, hexadecimal. */
export interface EngineFacts {
  readonly version: number;
  /** Of every source file of the engine, in the order of their names. */
  readonly code: string;
  /** Of lexicon and weights. */
  readonly model: string;
  /** Of the 1,000 prefixes: `1` where three digits stay, `0` where they become 000. */
  readonly zipTable: { readonly name: 'zip3/census-2020'; readonly digest: string };
  /** Of all of the above: two engines with one fingerprint find and replace the same. */
  readonly fingerprint: string;
}

const SOURCES = new URL('../src/', MODEL_DIRECTORY);

/** Reads some hundred kilobytes of sources and the model. Errors: those of the file system. */
export function engineFacts(): EngineFacts {
  const { lexicon, weights } = loadModel();
  const model = createHash('sha256').update(lexicon).update(weights).digest('hex');
  const code = createHash('sha256');
  for (const name of sourceFiles()) {
    code.update(`${name}\n`);
    code.update(
      createHash('sha256')
        .update(readFileSync(new URL(name, SOURCES)))
        .digest(),
    );
  }
  const zipTable = { name: 'zip3/census-2020', digest: zipDigest() } as const;
  const facts = { version: ENGINE_VERSION, code: code.digest('hex'), model, zipTable };
  return { ...facts, fingerprint: createHash('sha256').update(JSON.stringify(facts)).digest('hex') };
}

/** What measures and tests the engine changes nothing that it finds. */
function sourceFiles(): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|^(?:evaluate|risk)\//u.test(name))
    .toSorted();
}

function zipDigest(): string {
  const bits = Array.from({ length: 1_000 }, (_, prefix) => {
    const digits = String(prefix).padStart(3, '0');
    return digits !== '000' && zip3(digits) === digits ? '1' : '0';
  });
  return createHash('sha256').update(bits.join('')).digest('hex');
}
