// Which methods an address takes: to answer 405 with `Allow` instead of 404 (RFC 9110 §15.5.6).

export interface MethodTable {
  add(method: string, pattern: string): void;
  /** Methods of the patterns that match the path; empty: there is no such address. */
  allowed(path: string): readonly string[];
}

/** Patterns as Fastify has them: `/api/notes/:id`, with `*` as the last segment for the rest. */
export function createMethodTable(): MethodTable {
  const routes: { readonly method: string; readonly segments: readonly string[] }[] = [];
  return {
    add: (method, pattern) => {
      routes.push({ method, segments: pattern.split('/') });
    },
    allowed: (path) => {
      const segments = path.split('/');
      const found = routes.filter((route) => matches(route.segments, segments)).map((route) => route.method);
      return [...new Set(found)].toSorted();
    },
  };
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern.at(-1) === '*') {
    const head = pattern.slice(0, -1);
    return path.length > head.length && head.every((segment, index) => matchesSegment(segment, path[index]));
  }
  return pattern.length === path.length && pattern.every((segment, index) => matchesSegment(segment, path[index]));
}

function matchesSegment(pattern: string, segment: string | undefined): boolean {
  return pattern.startsWith(':') ? segment !== undefined && segment !== '' : pattern === segment;
}
