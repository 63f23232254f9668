import { ROUTES, type Reply } from '@cordon/contract';
import { describe, expect, it } from 'vitest';
import { mustFit, mustFitEvent } from './fit.ts';

const [job] = ROUTES.getJob.replies;
const good = {
  id: '01900000-0000-7000-8000-000000000000',
  kind: 'transcribe',
  state: 'running',
  progress: 0.5,
  stage: null,
  createdAt: '2026-01-02T03:04:05.000Z',
  updatedAt: '2026-01-02T03:04:05.000Z',
  result: null,
  problem: null,
};
const faultOf = (check: () => void): { readonly code: unknown; readonly cause: unknown } => {
  try {
    check();
  } catch (error) {
    return error as { code: unknown; cause: unknown };
  }
  throw new Error('it fitted');
};

describe('an answer that the route table does not promise', () => {
  it('does not leave: wrong value, missing member, unknown member', () => {
    expect(() => mustFit(job, good)).not.toThrow();
    for (const bad of [
      { ...good, progress: 'half' },
      { ...good, id: undefined },
      { ...good, patient: 'Ann Smith' },
    ])
      expect(faultOf(() => mustFit(job, bad)).code).toBe('internal');
  });

  it('is named by its path and never by its value', () => {
    const { cause } = faultOf(() => mustFit(job, { ...good, state: 'Ann Smith' }));
    expect(cause).toMatchObject({ name: 'UnfitAnswer', code: 'state.invalid_value' });
    expect(`${String(cause)} ${JSON.stringify(cause)}`).not.toContain('Smith');
  });

  it('nor where the row promises no JSON at all', () => {
    const nothing: Reply = { status: 204, description: 'Gone.', content: [] };
    expect(faultOf(() => mustFit(nothing, {})).code).toBe('internal');
  });

  it('also not as an event', () => {
    const [events] = ROUTES.followJob.replies;
    expect(() => mustFitEvent(events, good)).not.toThrow();
    expect(faultOf(() => mustFitEvent(events, { ...good, more: 1 })).code).toBe('internal');
  });
});
