import { defineConfig } from 'vitest/config';

// Tests that take minutes of machine or gigabytes of disk: `npm run test:slow`, not part of `npm test`.
export default defineConfig({
  test: {
    name: 'slow',
    include: ['server/**/*.slow.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
