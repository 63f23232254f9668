// What a buyer asks the vendor of a service, answered from what is recorded, in the order in which it matters: agreement, deployment,
// retention and destruction, reports by others, audit trail (spec boundary §1). Pure.
import type { Agreement, Claim, Questionnaire, Service } from '@cordon/contract';

type Question = Questionnaire['questions'][number];
type Answer = Pick<Question, 'answer' | 'verdict' | 'from'>;

const NOBODY: Answer = { answer: 'Nobody has recorded it.', verdict: 'open', from: 'nobody' };

export function questionnaireOf(
  service: Service,
  agreements: readonly Agreement[],
  claims: readonly Claim[],
  now: Date,
): Questionnaire {
  const naming = agreements.filter(({ services }) => services.includes(service.id));
  // The one that authorises, else whatever names the service: its gaps are the answer then.
  const agreement = naming.find(({ state }) => state === 'in-force') ?? naming[0] ?? null;
  const today = now.toISOString().slice(0, 10);
  const ask = (section: Question['section'], question: string, answer: Answer): Question => ({
    section,
    question,
    ...answer,
  });
  return {
    service: service.id,
    version: service.version,
    questions: [
      ask('agreement', 'Is there an agreement that names this exact service?', named(agreement)),
      ask('agreement', 'Does it have every element that the law asks for?', complete(agreement)),
      ask('agreement', 'Does it rule out training and product improvement on content?', training(service, agreement)),
      ask('agreement', 'Within what time is a breach told?', breach(agreement)),
      ask('agreement', 'Are subcontractors bound to the same?', subcontractors(agreement)),
      ask('deployment', 'Where does content travel, and who else is processed there?', deployment(service)),
      ask('deployment', 'In which regions are inference, storage, support and logs?', regions(service)),
      ask('retention', 'How long is content kept?', kept(service)),
      ask('retention', 'Is its end certified?', ended(agreement)),
      ask('reports', 'Are there reports by others, and were they read?', reports(service, today)),
      ask('audit-trail', 'Does the vendor give a log of who accessed what, per request?', auditTrail(service)),
    ],
    claims: claims
      .filter((claim) => claim.service === service.id || claim.vendor === service.vendor)
      .map(({ id }) => id),
  };
}

function named(agreement: Agreement | null): Answer {
  if (agreement === null) return { answer: 'No agreement names it.', verdict: 'bad', from: 'agreement' };
  const { name, version, state } = agreement;
  const verdict = state === 'in-force' ? 'good' : state === 'not-yet' || state === 'incomplete' ? 'open' : 'bad';
  return { answer: `${name}, version ${version}: ${state}.`, verdict, from: 'agreement' };
}

function complete(agreement: Agreement | null): Answer {
  if (agreement === null) return NOBODY;
  const { missingClauses } = agreement;
  return missingClauses.length === 0
    ? { answer: 'Every mandatory element is present.', verdict: 'good', from: 'agreement' }
    : { answer: `Missing: ${missingClauses.join(', ')}.`, verdict: 'bad', from: 'agreement' };
}

function training(service: Service, agreement: Agreement | null): Answer {
  const said = agreement?.kind === 'attestation' ? 'prohibited' : (agreement?.training ?? 'unknown');
  const sure = said === 'prohibited' && service.trainsOnContent === 'never';
  const answer = `The agreement: ${said}. The service as configured: ${service.trainsOnContent}.`;
  const verdict = sure ? 'good' : said === 'permitted' ? 'bad' : 'open';
  return { answer, verdict, from: agreement === null ? 'service' : 'agreement' };
}

function breach(agreement: Agreement | null): Answer {
  if (agreement === null || agreement.breachNotice === null) return NOBODY;
  const { within, unit } = agreement.breachNotice;
  const late = agreement.findings.includes('breach_notice_too_long');
  return { answer: `${within} ${unit}.`, verdict: late ? 'bad' : 'good', from: 'agreement' };
}

function subcontractors(agreement: Agreement | null): Answer {
  if (agreement === null) return NOBODY;
  const { subcontractors: chain } = agreement;
  if (chain.length === 0) return { answer: 'None is listed.', verdict: 'open', from: 'agreement' };
  const unbound = chain.filter(({ flowDown }) => !flowDown).length;
  return {
    answer: `${chain.length} listed, ${unbound} of them not bound.`,
    verdict: unbound === 0 ? 'good' : 'bad',
    from: 'agreement',
  };
}

function deployment({ pattern, isolation, adapter }: Service): Answer {
  const verdict = isolation === 'shared' ? 'bad' : 'good';
  return { answer: `Pattern ${pattern}, ${isolation}, through ${adapter}.`, verdict, from: 'service' };
}

function regions({ regions: { inference, storage, support, logs } }: Service): Answer {
  const all = [inference, storage, support, logs];
  const verdict = all.includes('unknown') ? 'open' : 'good';
  return { answer: `${inference}, ${storage}, ${support}, ${logs}.`, verdict, from: 'service' };
}

function kept({ retentionDays, retentionProof, contradicted }: Service): Answer {
  const proof = retentionProof === null ? 'without a proof' : 'with a proof';
  if (retentionDays === 'unknown') return { answer: 'Unknown.', verdict: 'bad', from: 'service' };
  const verdict = contradicted.includes('retentionDays') ? 'bad' : retentionProof === null ? 'open' : 'good';
  return { answer: `${retentionDays} days, ${proof}.`, verdict, from: 'service' };
}

function ended(agreement: Agreement | null): Answer {
  if (agreement === null) return NOBODY;
  const { duty, withinDays, certificate } = agreement.atEnd;
  const within = withinDays === null ? 'no time is set' : `within ${withinDays} days`;
  const sure = duty !== 'unknown' && certificate;
  const answer = `${duty}, ${within}, ${certificate ? 'certified' : 'not certified'}.`;
  return { answer, verdict: sure ? 'good' : 'open', from: 'agreement' };
}

function reports({ assurance }: Service, today: string): Answer {
  const current = assurance.reports.filter(({ until }) => until >= today);
  if (current.length === 0) return NOBODY;
  const read = current.filter((report) => report.read).length;
  const answer = `${current.map(({ kind, until }) => `${kind} until ${until}`).join(', ')}; ${read} of ${current.length} read.`;
  return { answer, verdict: read === current.length ? 'good' : 'open', from: 'service' };
}

function auditTrail({ assurance: { auditTrail: trail, auditFormat } }: Service): Answer {
  if (trail === 'unknown') return NOBODY;
  const answer = auditFormat === null ? `${trail}.` : `${trail}, as ${auditFormat}.`;
  return { answer, verdict: trail === 'per-request' ? 'good' : trail === 'none' ? 'bad' : 'open', from: 'service' };
}
