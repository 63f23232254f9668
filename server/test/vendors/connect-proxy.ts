// A forward proxy on this machine (CONNECT, RFC 9110 §9.3.6): real sockets, every tunnel and every byte it saw.
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Pair } from './certificates.ts';

export interface ConnectProxy {
  readonly port: number;
  /** `host:port` of each CONNECT. */
  readonly asked: string[];
  /** `Proxy-Authorization` of each. */
  readonly logins: (string | undefined)[];
  /** What the clients sent into their tunnels. */
  readonly carried: Buffer[];
  /** Requests that were no CONNECT. */
  readonly plain: string[];
  close(): Promise<void>;
}

export interface ProxyOptions {
  readonly tls?: Pair;
  /** Instead of tunnelling. */
  readonly answer?: string;
  /** Where every tunnel leads, whatever was asked: as names are looked up by the proxy. */
  readonly leadsTo?: { readonly host: string; readonly port: number };
}

export async function startConnectProxy({ tls, answer, leadsTo }: ProxyOptions = {}): Promise<ConnectProxy> {
  const [asked, logins, carried, plain]: [string[], (string | undefined)[], Buffer[], string[]] = [[], [], [], []];
  const sockets = new Set<Socket>();
  const server = tls === undefined ? createServer() : createTlsServer({ ...tls });
  server.on('request', (request: IncomingMessage, response) => {
    plain.push(request.url ?? '');
    response.writeHead(405).end();
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    asked.push(request.url ?? '');
    logins.push(request.headers['proxy-authorization']);
    client.on('error', () => undefined);
    if (answer !== undefined) {
      client.end(answer);
      return;
    }
    const { hostname, port } = new URL(`http://${request.url ?? ''}`);
    const to = leadsTo ?? { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
    const upstream = connect(to, () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'));
    sockets.add(upstream);
    upstream.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    client.on('data', (chunk: Buffer) => carried.push(chunk));
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    logins,
    carried,
    plain,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
