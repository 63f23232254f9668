// Reading the registry: whole lists by their pages, and files as they are imported.
import type { Context } from '#context.ts';
import { withServer } from '#connection/connect.ts';
import { answered, apiOf } from '#connection/api.ts';

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string;
}

const PAGE_ITEMS = 200;

export async function allPages<T>(
  read: (query: PageQuery) => Promise<{ readonly items: readonly T[]; readonly next: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: { readonly items: readonly T[]; readonly next: string | null } = await read({
      limit: PAGE_ITEMS,
      ...(cursor === null ? {} : { cursor }),
    });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return items;
}

/** YAML to standard output; with `--json` as one member of a document. */
export async function exported(context: Context, what: 'services' | 'agreements'): Promise<void> {
  const { terminal } = context;
  const yaml = await withServer(context, ({ url, apiKey }) =>
    answered(apiOf(url, apiKey).GET(`/api/registry/${what}`, { parseAs: 'text' })),
  );
  if (terminal.json) terminal.document({ yaml });
  else terminal.raw(yaml);
}
