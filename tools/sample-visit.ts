// Speaks examples/sample-visit/visit.json with free Debian voices, one channel per speaker, and writes visit.wav beside it.
// Needs: apt-get install flite festival festvox-us-slt-hts. Deterministic: the same packages give the same bytes.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readClip } from '../server/src/clinical/audio/tracks.ts';
import { WavDecoder } from '../server/src/clinical/audio/wav-decoder.ts';
import { writeWav } from '../server/src/clinical/audio/wav-writer.ts';

const RATE = 16_000;
const TURN_PAUSE_SECONDS = 0.7;

interface Visit {
  readonly channels: readonly string[];
  readonly turns: readonly (readonly [speaker: string, text: string])[];
}

const home = join(import.meta.dirname, '../examples/sample-visit');
const visit = JSON.parse(readFileSync(join(home, 'visit.json'), 'utf8')) as Visit;
const work = mkdtempSync(join(tmpdir(), 'cordon-visit-'));
try {
  const channels = visit.channels.map((): number[] => []);
  for (const [speaker, text] of visit.turns) {
    const spoken = await speak(speaker, text);
    const pause = Math.round(TURN_PAUSE_SECONDS * RATE);
    for (const [index, name] of visit.channels.entries()) {
      const track = channels[index] ?? [];
      for (const sample of spoken) track.push(name === speaker ? sample : 0);
      for (let count = 0; count < pause; count++) track.push(0);
    }
  }
  // µ-law: half the size of 16 bits, at the full 16 kHz that recognisers want.
  const wav = writeWav(
    channels.map((samples) => Float32Array.from(samples)),
    { encoding: 'mulaw', bytes: 1, sampleRate: RATE },
  );
  writeFileSync(join(home, 'visit.wav'), wav);
  console.log(`${String(wav.length)} bytes, ${((channels[0]?.length ?? 0) / RATE).toFixed(1)} s`);
} finally {
  rmSync(work, { recursive: true });
}

/** The clinician is festival's HTS voice, the patient flite's: both of the `slt` speaker, whom small recognisers understand. */
async function speak(speaker: string, text: string): Promise<Float32Array> {
  const file = join(work, 'line.wav');
  if (speaker === 'clinician') {
    execFileSync('text2wave', ['-eval', '(voice_cmu_us_slt_arctic_hts)', '-o', file], { input: text });
  } else {
    execFileSync('flite', ['-voice', 'slt', '-t', text, '-o', file]);
  }
  const [samples = new Float32Array(0)] = await readClip(new WavDecoder(), readFileSync(file));
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return Float32Array.from(samples, (sample) => (0.6 * sample) / peak);
}
