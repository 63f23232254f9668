import { describe, expect, it } from 'vitest';
import { PROBLEMS } from './problems.ts';
import { referencePage } from './reference.ts';
import { routeRows } from './routes.ts';

const { html, style } = referencePage();
const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id ?? '');

describe('the reference page', () => {
  it('has every route and every problem', () => {
    expect(ids).toEqual(expect.arrayContaining(routeRows().map(({ id }) => id)));
    expect(ids).toEqual(expect.arrayContaining(Object.keys(PROBLEMS).map((code) => `problem-${code}`)));
  });

  it('has each place once, and every link leads to one', () => {
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, target]) => target ?? '');
    expect(links.length).toBeGreaterThan(500);
    expect(links.filter((target) => !ids.includes(target))).toEqual([]);
  });

  it('runs no script and loads nothing', () => {
    expect(html).not.toMatch(/<script|\son\w+=|javascript:|@import|url\(|src=/i);
    expect(html.split('<style>')[1]?.split('</style>')[0]).toBe(style);
    expect(html.match(/<style|\sstyle=/g)).toHaveLength(1);
  });

  it('closes what it opens', () => {
    expect(unbalanced(html)).toEqual([]);
    expect(unbalanced(html.replace('</table>', ''))).not.toEqual([]);
  });
});

/** Elements that are closed out of turn or never. */
function unbalanced(text: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, close = '', name = ''] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
    if (['meta', 'br'].includes(name)) continue;
    if (close === '') open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}
