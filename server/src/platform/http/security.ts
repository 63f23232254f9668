// Headers that every answer carries (OWASP ASVS 5.0 chapter 3). The console's pages replace the content policy with their own.

// An API answer is data: a browser that is led to one may do nothing with it.
const API_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const HSTS_SECONDS = 63_072_000; // two years

export function securityHeaders(https: boolean): Record<string, string> {
  return {
    'content-security-policy': API_CONTENT_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store', // answers hold PHI: nothing of them belongs into a cache (45 CFR 164.312(e)(1))
    ...(https ? { 'strict-transport-security': `max-age=${HSTS_SECONDS}; includeSubDomains` } : {}),
  };
}
