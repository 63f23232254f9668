// Where adapters fetch tokens, and where probes read a vendor's configuration: the vendors' own, fixed. Others (a sovereign cloud's, a proxy of one's own) are declared in the
// `.hosts` file beside the secret, by whoever may write secrets, never in the registry.
const TOKEN_ORIGINS: Readonly<Record<string, readonly string[]>> = {
  'azure-openai': [
    'https://login.microsoftonline.com',
    'https://login.microsoftonline.us',
    'https://management.azure.com',
  ],
  vertex: ['https://oauth2.googleapis.com'],
};

export function tokenOrigins(adapter: string): readonly string[] {
  return TOKEN_ORIGINS[adapter] ?? [];
}
