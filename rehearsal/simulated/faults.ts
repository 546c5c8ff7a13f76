import { ansibleParts } from '../../model/artifacts/ansible-run.js';
import { RolloutError } from '../../model/rollout-error.js';
import { nodeRow, type NodePart } from '../../model/steps.js';

/** The possible faults, by name. */
export type Fault =
  | { readonly kind: 'fails'; readonly subject: string; readonly part: NodePart; readonly times: number }
  | { readonly kind: 'never ready'; readonly subject: string }
  | { readonly kind: 'no capacity'; readonly subject: string }
  | { readonly kind: 'throttles'; readonly subject: 'aws'; readonly times: number }
  | { readonly kind: 'slow'; readonly subject: string; readonly part: NodePart; readonly seconds: number };

const times: Readonly<Record<string, number>> = { once: 1, twice: 2 };

/**
 * Reads a fault as people write it: `k8s-redis: join fails twice`, `api-location: never ready`,
 * `ap-northeast-2a: no capacity`, `k8s-worker-ai: join takes 20 s`, `aws: throttles twice`. Fails with `InputInvalid` for anything else.
 */
export function parseFault(text: string): Fault {
  const [subject = '', what = ''] = text.split(': ');
  if (subject !== '' && what === 'never ready') return { kind: 'never ready', subject };
  if (subject !== '' && what === 'no capacity') return { kind: 'no capacity', subject };
  const throttles = /^throttles (once|twice|(\d+) times)$/.exec(what);
  if (subject === 'aws' && throttles?.[1] !== undefined) {
    return { kind: 'throttles', subject, times: timesIn(throttles[1]) };
  }
  const [playbook, ...rest] = what.split(' ');
  const part = ansibleParts.find((known) => nodeRow(known).playbook === playbook);
  const fails = /^fails (once|twice|(\d+) times)$/.exec(rest.join(' '));
  if (part !== undefined && fails?.[1] !== undefined) return { kind: 'fails', subject, part, times: timesIn(fails[1]) };
  const slow = /^takes (\d+(?:\.\d+)?) s$/.exec(rest.join(' '));
  if (part !== undefined && slow !== null) return { kind: 'slow', subject, part, seconds: Number(slow[1]) };
  const playbooks = ansibleParts.map((known) => nodeRow(known).playbook).join('|');
  throw new RolloutError(
    'InputInvalid',
    `fault "${text}": expected "<node>: <${playbooks}> fails once|twice|N times", ` +
      `"<node>: <${playbooks}> takes N s", "<unit or node>: never ready", "<zone>: no capacity" or "aws: throttles N times"`,
  );
}

function timesIn(text: string): number {
  return times[text] ?? Number(text.split(' ')[0]);
}
