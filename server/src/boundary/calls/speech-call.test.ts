// I3 what is owed of sound that would leave and that nobody here can do is refused.
import { expect, it } from 'vitest';
import { decide } from '#boundary/policy/decide.ts';
import { baa, cloudChat, intent, policyWith, snapshot } from '#boundary/policy/decide.samples.ts';
import { compile } from '#boundary/policy/rulebook.ts';
import type { Service } from '#boundary/policy/snapshot.ts';
import { nothingElsewhere } from '../../../test/remote.ts';
import { carrySound, type SoundWish } from './speech-call.ts';

const elsewhere = cloudChat({ id: 'remote-speech', capability: 'transcribe', modality: 'audio' });
const agreement = baa({ services: ['remote-speech'], capabilities: ['transcribe'], modalities: ['audio'] });
const policy = policyWith({
  rules: [{ id: 'deid-always', effect: 'require', obligations: { steps: ['deidentify'] } }],
});

function wishFor(service: Service): SoundWish<string> {
  const book = compile(snapshot([service], [agreement]), policy);
  const asked = intent({ purpose: 'dictation' });
  const decision = decide(asked, book);
  const { route } = decision;
  if (route === null) throw new Error(decision.code);
  const unasked = (): never => {
    throw new Error('nothing of the recording is read');
  };
  return {
    tenant: asked.tenant,
    actor: asked.actor,
    durationMs: 1_000,
    made: { decision, route, rulebook: { ...book, prices: new Map(), shadow: null } },
    signal: new AbortController().signal,
    here: (id) => Promise.resolve(`heard by ${id}`),
    request: unasked,
    elsewhere: unasked,
    released: () => false,
  };
}

it('a recording that would have to be de-identified goes to nobody outside', async () => {
  const wish = wishFor(elsewhere);
  expect(wish.made.decision.obligations).toContainEqual({ kind: 'deidentify' });
  await expect(carrySound(nothingElsewhere(), wish)).rejects.toMatchObject({
    code: 'obligation_unmet',
    details: { obligation: 'deidentify' },
  });
});
