// docs/errors.md: every problem code with its status, exit code, sentence and remedy.
import { PROBLEMS } from '@cordon/contract';
import type { ProblemCode } from '@cordon/contract';
import { page, table } from './markdown.ts';

export function errorsPage(): string {
  const codes = (Object.keys(PROBLEMS) as ProblemCode[]).toSorted();
  return page(
    'Errors',
    `Every refusal and failure that can leave Cordon. The code is stable; the sentence never holds a value. Under \`/api\` a problem is an
RFC 9457 document (\`application/problem+json\`) with \`code\`, \`remedy\` and \`requestId\`; under \`/v1\` it has OpenAI's envelope with the same
\`code\`; the command line prints \`{code, message, remedy, requestId}\` as the last line of stderr and ends with the exit code.

Exit codes: 0 done, 1 a check said no, 2 usage or bad input, 3 refused by policy or consent, 4 not permitted, 5 unavailable, 6 internal.`,
    table(
      ['code', 'status', 'exit', 'log', 'message', 'what to do'],
      codes.map((code) => {
        const { status, exit, level, message, remedy } = PROBLEMS[code];
        return [`<a id="problem-${code}"></a>\`${code}\``, String(status), String(exit), level, message, remedy];
      }),
    ),
  );
}
