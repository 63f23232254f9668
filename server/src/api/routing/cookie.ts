// The session's cookie (RFC 6265bis). Strict: another site's page never sends it; HttpOnly: a script never reads it.

/** `__Host-`: no domain, path `/`, secure. Over plain loopback HTTP a browser would not take that prefix. */
const SECURE_NAME = '__Host-cordon_session';
const PLAIN_NAME = 'cordon_session';
const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Strict';

/** Until the browser closes; the server ends it after idle time whatever the browser does. */
export function sessionCookie(token: string, secure: boolean): string {
  return secure ? `${SECURE_NAME}=${token}; ${ATTRIBUTES}; Secure` : `${PLAIN_NAME}=${token}; ${ATTRIBUTES}`;
}

export function clearedCookie(secure: boolean): string {
  return `${sessionCookie('', secure)}; Max-Age=0`;
}

/** The token in a Cookie header; null when there is none. */
export function tokenInCookies(header: string | undefined, secure: boolean): string | null {
  const name = secure ? SECURE_NAME : PLAIN_NAME;
  for (const pair of (header ?? '').split(';')) {
    const [key = '', value = ''] = pair.trim().split('=', 2);
    if (key === name && value !== '') return value;
  }
  return null;
}
