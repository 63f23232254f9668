import { describe, expect, test } from 'vitest';
import { KEY_PERMISSIONS, PERMISSIONS, PERMISSION_NAMES, ROLES, permissionsOf } from './permissions.ts';

describe('the permissions table', () => {
  test('no key ever signs, edits a review, decides, manages people or changes keys', () => {
    const never = [
      'note.sign',
      'note.amend',
      'note.reject',
      'review.edit',
      'approval.decide',
      'ledger.content',
    ] as const;
    for (const permission of never) expect(KEY_PERMISSIONS).not.toContain(permission);
    expect(KEY_PERMISSIONS.filter((name) => /^(keys|person|session|apikey|breakglass|self)\./.test(name))).toEqual([]);
  });

  test('only clinicians sign, and only freshly', () => {
    expect(PERMISSIONS['note.sign']).toMatchObject({ roles: ['clinician'], fresh: true, patientLevel: true });
  });

  test('those without patients see no patient content', () => {
    const content = PERMISSION_NAMES.filter((name) => PERMISSIONS[name].patientLevel === true);
    expect(content.length).toBeGreaterThan(10);
    for (const role of [
      'developer',
      'security_officer',
      'data_steward',
      'operator',
      'administrator',
      'auditor',
      'leader',
    ] as const) {
      const held = permissionsOf([role]);
      expect(content.filter((name) => held.has(name))).toEqual([]);
      expect(held.has('ledger.content') || held.has('ledger.export_content')).toBe(false);
    }
  });

  test('whatever needs two people needs a fresh sign-in and is for people', () => {
    for (const name of PERMISSION_NAMES) {
      const entry = PERMISSIONS[name];
      expect(entry.dual === true ? [entry.fresh, entry.keys] : [true, false]).toEqual([true, false]);
      expect(entry.fresh === true && entry.keys).toBe(false);
    }
  });

  test('every permission has a role, every role a permission; roles add up', () => {
    for (const name of PERMISSION_NAMES) expect(PERMISSIONS[name].roles.length).toBeGreaterThan(0);
    for (const role of ROLES) expect(permissionsOf([role]).size).toBeGreaterThan(0);
    const both = permissionsOf(['clinician', 'operator']);
    expect(both).toEqual(permissionsOf(['clinician']).union(permissionsOf(['operator'])));
    expect(permissionsOf([]).size).toBe(0);
  });
});
