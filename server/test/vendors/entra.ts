// The token endpoint of Entra ID on this machine, over TLS.
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Pair } from './certificates.ts';

export interface Entra {
  /** `https://localhost:PORT`. */
  readonly url: string;
  /** Bodies that were sent. */
  readonly asked: string[];
  answer: { status: number; expiresIn: number };
  close(): Promise<void>;
}

export async function startEntra(pair: Pair): Promise<Entra> {
  let given = 0;
  const asked: string[] = [];
  const state = { answer: { status: 200, expiresIn: 3600 } };
  const server = createServer({ ...pair }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push(Buffer.concat(chunks).toString());
      const { status, expiresIn } = state.answer;
      const known = request.url === '/T/oauth2/v2.0/token';
      const token = {
        token_type: 'Bearer',
        expires_in: expiresIn,
        access_token: `token-${(given += status === 200 ? 1 : 0)}`,
      };
      response.writeHead(known ? status : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(status === 200 ? token : { error: 'invalid_client', error_description: 'S-canary' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
