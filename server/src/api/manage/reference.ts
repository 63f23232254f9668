// The readable reference at /docs: made from the route table, one page, no script (the CSP allows none).
import { PROBLEMS, problemsOf, routeRows, TAGS, type ProblemCode, type Route, type Tag } from '@cordon/contract';

/** The page; the same table gives the same bytes. */
export function referencePage(): string {
  const tags = Object.entries(TAGS) as [Tag, string][];
  const sections = tags.map(([tag, title]) => `<h2 id="${tag}">${escape(title)}</h2>\n${routesOf(tag)}`);
  const problems = (Object.keys(PROBLEMS) as ProblemCode[]).map(problemRow).join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cordon API</title><link rel="stylesheet" href="/docs/style.css"></head><body><main>
<h1>Cordon API</h1>
<p>The machine-readable form of this page is <a href="/openapi.json">openapi.json</a>. Errors under <code>/api</code> are RFC 9457 problems,
under <code>/v1</code> OpenAI's envelope; <code>code</code> is the same in both.</p>
${sections.join('\n')}
<h2 id="problems">Problems</h2>
<table><thead><tr><th>code</th><th>status</th><th>what happened</th><th>what to do next</th></tr></thead><tbody>
${problems}
</tbody></table>
</main></body></html>
`;
}

/** Served beside the page: the CSP allows styles from here only. */
export const REFERENCE_STYLE = `:root{color-scheme:light dark;--line:#8884;--dim:#6b7280}
body{font:16px/1.55 system-ui,sans-serif;margin:0}main{max-width:68rem;margin:0 auto;padding:2rem 1.25rem}
h1{font-size:1.9rem}h2{margin-top:2.5rem;border-bottom:1px solid var(--line)}
code{font:0.9em ui-monospace,monospace}section{padding:.75rem 0;border-bottom:1px solid var(--line)}
h3{margin:0;font-size:1rem}p{margin:.3rem 0}.m{display:inline-block;min-width:4.2em;font-weight:700}.dim{color:var(--dim)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
`;

function routesOf(tag: Tag): string {
  return routeRows()
    .filter(({ route }) => route.tag === tag)
    .map(({ id, route }) => routeSection(id, route))
    .join('\n');
}

function routeSection(id: string, route: Route): string {
  const who = route.audience === 'public' ? 'anyone' : route.audience === 'both' ? 'API key or person' : route.audience;
  const needs = route.permission === null ? '' : `, needs <code>${route.permission}</code>`;
  const leaves = 'kind' in route.ledger ? `leaves <code>${route.ledger.kind}</code>` : escape(route.ledger.none);
  const problems = problemsOf(route).map((code) => `<a href="#problem-${code}"><code>${code}</code></a>`);
  return `<section id="${id}"><h3><span class="m">${route.method}</span> <code>${escape(route.path)}</code></h3>
<p>${escape(route.summary)}</p><p class="dim">For ${who}${needs}. Ledger: ${leaves}.</p>
<p class="dim">May answer: ${problems.join(' ')}</p></section>`;
}

function problemRow(code: ProblemCode): string {
  const { status, message, remedy } = PROBLEMS[code];
  return `<tr id="problem-${code}"><td><code>${code}</code></td><td>${status}</td><td>${escape(message)}</td><td>${escape(remedy)}</td></tr>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
