// A door of its own for a test, a service row and requests.
import { chmodSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localSpeech } from '#boundary/policy/decide.samples.ts';
import type { Service } from '#boundary/policy/snapshot.ts';
import { systemClock } from '#kernel/clock.ts';
import { SYSTEM_TENANT } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import type { Door, ModelRequest, NetworkBoundary, Target } from './adapter.ts';
import { Egress, type EgressOptions } from './door.ts';
import type { DoorLimits } from './limits.ts';

export const HERE: NetworkBoundary = { cidrs: ['127.0.0.0/8', '::1/128'], hosts: [] };

export interface TestDoor {
  readonly door: Door;
  /** Writes a file of secrets for the tenant. */
  give(name: string, content: string, mode?: number): void;
  close(): Promise<void>;
}

export function openDoor(options: Partial<EgressOptions> = {}, limits: Partial<DoorLimits> = {}): TestDoor {
  const secrets = mkdtempSync(join(tmpdir(), 'cordon-secrets-'));
  mkdirSync(join(secrets, SYSTEM_TENANT));
  const egress = new Egress({ secrets, airGapped: false, clock: systemClock, limitsOf: () => limits, ...options });
  return {
    door: egress.doorOf(SYSTEM_TENANT),
    give: (name, content, mode = 0o600) => {
      const path = join(secrets, SYSTEM_TENANT, name);
      writeFileSync(path, content);
      chmodSync(path, mode);
    },
    close: async () => {
      await egress.close();
      rmSync(secrets, { recursive: true });
    },
  };
}

export function target(endpoint: string, change: Partial<Service> = {}, boundary = HERE): Target {
  const service = {
    capability: 'generate',
    modality: 'text',
    adapter: 'openai',
    pattern: 'on-prem',
    ...change,
  } as const;
  return { service: localSpeech({ id: 'remote', model: 'stand-in-1', endpoint, ...service }), boundary };
}

/** A request as the surface hands it on: the bytes as the caller sent them, and what JSON.parse made of them. */
export function modelRequest(api: ModelRequest['api'], body: object | string): ModelRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const parsed = JSON.parse(text) as Record<string, unknown>;
  return { api, bytes: Phi.of(Buffer.from(text)), parsed: Phi.of(parsed), stream: parsed['stream'] === true };
}

export function chat(words: string, more: object = {}): ModelRequest {
  return modelRequest('chat', { model: 'any', messages: [{ role: 'user', content: words }], ...more });
}

export const never = (): AbortSignal => new AbortController().signal;
