// The SDK's client as commands use it.
import { answerOf, type ClientReply, CordonError, type CordonClient, createCordonClient } from '@cordon/sdk';

export type Api = CordonClient;

export function apiOf(url: string, credential: string): Api {
  return createCordonClient({ url, credential });
}

export const answered = answerOf;

/** As `answered`, with the entity tag that an edit must give back. */
export async function answeredWithTag<T>(
  sending: Promise<ClientReply<T>>,
): Promise<{ readonly body: NonNullable<T>; readonly etag: string }> {
  const body = await answered(sending);
  const { response } = await sending;
  return { body, etag: response.headers.get('etag') ?? '' };
}

/** True for a refusal with this code. */
export function isRefusal(error: unknown, code: string): error is CordonError {
  return error instanceof CordonError && error.code === code;
}
