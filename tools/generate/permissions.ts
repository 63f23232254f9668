// docs/permissions.md: who may do what, and by which routes.
import { PERMISSION_NAMES, PERMISSIONS, ROLE_PURPOSES, ROLES, routeRows } from '@cordon/contract';
import type { Permission } from '@cordon/contract';
import { page, table } from './markdown.ts';

export function permissionsPage(): string {
  return page(
    'Permissions',
    `Roles add up. **key**: an API key may be given it. **patient**: a person also needs a relation to the encounter, or an open break-glass look.
**fresh**: password and code were given within the last five minutes. **two**: a second, different person approves.`,
    '## Roles',
    table(
      ['role', 'what for'],
      ROLES.map((role) => [`\`${role}\``, ROLE_PURPOSES[role]]),
    ),
    '## Permissions',
    table(
      ['permission', 'may', 'roles', 'needs', 'routes'],
      PERMISSION_NAMES.map((name) => [
        `\`${name}\``,
        PERMISSIONS[name].may,
        PERMISSIONS[name].roles.join(', '),
        needsOf(name).join(', '),
        routesOf(name),
      ]),
    ),
  );
}

function needsOf(name: Permission): string[] {
  const { keys, patientLevel, fresh, dual } = PERMISSIONS[name];
  return [keys && 'key', patientLevel && 'patient', fresh && 'fresh', dual && 'two'].filter(
    (need) => typeof need === 'string',
  );
}

function routesOf(name: Permission): string {
  return routeRows()
    .filter(({ route }) => route.permission === name)
    .map(({ route }) => `\`${route.method} ${route.path}\``)
    .join('<br>');
}
