import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const everywhere = ['contract', 'proofs', 'deid', 'server', 'sdk', 'cli', 'tools'];
const files = (suffix: string): string[] => everywhere.map((workspace) => `${workspace}/**/*.${suffix}.test.ts`);
/** Things are killed, filled up and cut off: minutes of waiting. `npm run test:failures`, and CI. */
const failures = ['server/test/faults/**/*.int.test.ts', ...files('failures')];
const special = [...files('int'), ...files('props'), ...files('slow'), ...failures];

export default defineConfig({
  test: {
    // The integration tests wait for disks and processes more than they compute; vitest would leave one of two cores idle.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      {
        test: {
          name: 'unit',
          include: everywhere.map((workspace) => `${workspace}/**/*.test.ts`),
          exclude: ['**/node_modules/**', '**/dist/**', ...special],
        },
      },
      { test: { name: 'props', include: files('props'), exclude: ['**/node_modules/**'], testTimeout: 60_000 } },
      {
        test: {
          name: 'int',
          include: files('int'),
          exclude: ['**/node_modules/**', ...failures],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          globalSetup: ['./server/test/postgres.setup.ts'],
        },
      },
      {
        test: {
          name: 'failures',
          include: failures,
          exclude: ['**/node_modules/**'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          globalSetup: ['./server/test/postgres.setup.ts'],
        },
      },
    ],
  },
});
