// The readable reference at /docs and its own content policy. The page is the contract's (contract/src/reference.ts).
import { createHash } from 'node:crypto';
import { referencePage } from '@cordon/contract';

export interface ServedReference {
  readonly html: string;
  /** The page may do one thing beyond being read: use exactly its own style (CSP Level 3 §6.7). */
  readonly contentPolicy: string;
}

/** Made once, when the server starts. */
export function servedReference(): ServedReference {
  const { html, style } = referencePage();
  const hash = createHash('sha256').update(style).digest('base64');
  return {
    html,
    contentPolicy: `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
  };
}
