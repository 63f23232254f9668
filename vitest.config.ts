import { defineConfig } from 'vitest/config';

const everywhere = ['contract', 'proofs', 'deid', 'server', 'sdk', 'cli', 'tools'];
const files = (suffix: string): string[] => everywhere.map((workspace) => `${workspace}/**/*.${suffix}.test.ts`);
const special = [...files('int'), ...files('props'), ...files('slow')];

export default defineConfig({
  test: {
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
          exclude: ['**/node_modules/**'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          globalSetup: ['./server/test/postgres.setup.ts'],
        },
      },
    ],
  },
});
