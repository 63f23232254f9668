export * from './client.ts';
export * from './jobs.ts';
export * from './live.ts';
export * from './policy.ts';
export * from './problem.ts';
export * from './upload.ts';
