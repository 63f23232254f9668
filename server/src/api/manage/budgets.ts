// Budgets over HTTP: what the tenant and each key may use, and what of it is used (spec boundary §5).
import type { BudgetState } from '@cordon/contract';
import type { Handlers } from '#api/routing/handler.ts';
import { useOf, type BudgetBooks } from '#boundary/limits/books.ts';
import { budgetOf, keyHolder, TENANT_HOLDER } from '#boundary/limits/budget.ts';
import { readApiKey, setKeyBudget } from '#custody/access/api-keys.ts';
import type { AccessContext } from '#custody/access/context.ts';
import type { TenantId } from '#kernel/ids.ts';

type BudgetHandlers = Pick<Handlers, 'getBudget' | 'setBudget' | 'getKeyBudget' | 'setKeyBudget'>;

export interface BudgetApiParts extends BudgetBooks {
  readonly access: AccessContext;
}

export function budgetHandlers(parts: BudgetApiParts): BudgetHandlers {
  return {
    async getBudget(_input, { principal }) {
      return { json: await tenantState(parts, principal.tenant) };
    },

    async setBudget({ body }, { principal }) {
      await parts.budgets.set(principal.tenant, principal.actor, budgetOf(body));
      return { json: await tenantState(parts, principal.tenant) };
    },

    async getKeyBudget({ params }, { principal }) {
      const { scopes } = await readApiKey(parts.access, principal.tenant, params.id);
      return { json: await useOf(parts, principal.tenant, { name: keyHolder(params.id), budget: scopes.budget }) };
    },

    async setKeyBudget({ params, body }, { principal }) {
      const { scopes } = await setKeyBudget(parts.access, principal, params.id, budgetOf(body));
      return { json: await useOf(parts, principal.tenant, { name: keyHolder(params.id), budget: scopes.budget }) };
    },
  };
}

async function tenantState(parts: BudgetApiParts, tenant: TenantId): Promise<BudgetState> {
  return useOf(parts, tenant, { name: TENANT_HOLDER, budget: await parts.budgets.of(tenant) });
}
