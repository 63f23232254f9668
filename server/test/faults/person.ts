// A signed-in person who stays so while servers die: a session survives a restart, and a fresh sign-in is given when it is asked for.
import { setTimeout as sleep } from 'node:timers/promises';
import { freshCode } from '../client.ts';
import type { Login } from '../client.ts';
import { fairWeather, json, persist } from './client.ts';
import type { Answer, Target } from './client.ts';

export interface Person {
  readonly token: () => string;
  /** Password and code again; callers at once share one. */
  refresh(): Promise<void>;
}

// A code is good once per 30 s (RFC 6238 §5.2); one whose answer was lost may be spent, so the next one is waited for.
const NEXT_CODE_MS = 31_000;
const TRIES = 4;

export async function signInPerson(target: Target, login: Login): Promise<Person> {
  let token: string | null = null;
  let refreshing: Promise<void> | null = null;
  const give = async (path: string, body: (code: string) => object): Promise<Answer> => {
    for (let attempt = 1; ; attempt += 1) {
      const code = await nextCode(login.secret);
      const answer = await persist(target, fairWeather(), {
        method: 'POST',
        path,
        token: () => token,
        headers: { 'content-type': 'application/json' },
        body: () => JSON.stringify(body(code)),
      });
      if (answer.status === 200) return answer;
      if (attempt === TRIES) throw new Error(`${path} answered ${answer.status} ${answer.body.toString()}`);
    }
  };
  const { email, password } = login;
  const opened = await give('/api/session', (code) => ({ email, password, code, transport: 'bearer' }));
  token = (json(opened) as { token: string }).token;
  return {
    token: () => token ?? '',
    refresh: () =>
      (refreshing ??= give('/api/session/reauthenticate', (code) => ({ password, code }))
        .then(() => undefined)
        .finally(() => (refreshing = null))),
  };
}

async function nextCode(secret: string): Promise<string> {
  try {
    return freshCode(secret);
  } catch {
    await sleep(NEXT_CODE_MS);
    return freshCode(secret);
  }
}
