import { answerOf, createCordonClient } from '@cordon/sdk';
import { verifyReceipt } from '@cordon/sdk/receipts';
import type { VerifiedReceipt } from '@cordon/sdk/receipts';

/** `index` is the `Cordon-Ledger-Index` of an answer; `vkey` the text of `log.vkey`. Throws when the proof does not hold. */
export async function provenEntry(url: string, apiKey: string, vkey: string, index: number): Promise<VerifiedReceipt> {
  const cordon = createCordonClient({ url, credential: apiKey });
  const params = { path: { index } };
  const entry = await answerOf(cordon.GET('/api/ledger/entries/{index}', { params }));
  const proof = await answerOf(cordon.GET('/api/ledger/entries/{index}/proof', { params }));
  return verifyReceipt({ entry, proof }, vkey);
}
