export * from './problems.ts';
export * from './permissions.ts';
