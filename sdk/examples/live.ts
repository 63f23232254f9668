import { openLive } from '@cordon/sdk';

/** Sound goes in as it is recorded, words come out as they are spoken; the transcript's id at the end. */
export async function caption(
  url: string,
  apiKey: string,
  microphone: AsyncIterable<Uint8Array>,
  show: (text: string) => void,
): Promise<string | null> {
  const live = await openLive({
    url,
    credential: apiKey,
    sampleRate: 16_000,
    patient: 'mrn-0042-7731',
    onText: (_turn, delta) => show(delta),
    onTurn: () => show('\n'),
  });
  for await (const pcm of microphone) live.send(pcm);
  const { transcript } = await live.finish();
  return transcript;
}
