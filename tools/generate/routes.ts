// docs/routes.md: the route table for readers; /docs shows the same in the browser.
import { problemsOf, routeRows, TAGS } from '@cordon/contract';
import type { Route, Tag } from '@cordon/contract';
import { page, table } from './markdown.ts';

export function routesPage(): string {
  const tags = Object.keys(TAGS) as Tag[];
  return page(
    'Routes',
    `One table (\`contract/src/routes.ts\`) makes the server's routes, \`docs/openapi.json\`, the SDK's types, this page and the access test.
Every answer carries \`Cordon-Request-Id\`. Lists are paged by cursor. Edits name the version they were made on with \`If-Match\`.`,
    ...tags.flatMap((tag) => [`## ${TAGS[tag]}`, tableOf(tag)]),
  );
}

function tableOf(tag: Tag): string {
  return table(
    ['route', 'operation', 'what', 'who', 'permission', 'ledger', 'problems'],
    routeRows()
      .filter(({ route }) => route.tag === tag)
      .map(({ id, route }) => [
        `\`${route.method} ${route.path}\``,
        `\`${id}\``,
        route.summary,
        WHO[route.audience],
        route.permission === null ? '' : `\`${route.permission}\``,
        'kind' in route.ledger ? `\`${route.ledger.kind}\`` : route.ledger.none,
        problemsOf(route).join(', '),
      ]),
  );
}

const WHO: Readonly<Record<Route['audience'], string>> = {
  'api-key': 'key',
  person: 'person',
  both: 'key or person',
  public: 'anyone',
};
