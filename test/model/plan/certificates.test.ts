import { describe, expect, it } from 'vitest';
import { firstExpiryText } from '../../../model/plan/certificates.js';
import type { CertificateFacts, ClusterFacts, SeenCertificates } from '../../../model/facts/facts.js';
import { movedSteps } from '../../../model/plan/moved-steps.js';
import { changesOf, remarksOf, type Plan } from '../../../model/plan/plan.js';
import { showPlan } from '../../../model/show/show-plan.js';
import { aPlan, aRenderedUnit, aSpec, settledFacts } from '../../builders.js';

const units = [aRenderedUnit({ name: 'redis' })];
const spec = aSpec({
  units: units.map(({ name, wave, namespace }) => ({ name, wave, namespace, manifests: `units/${name}` })),
});
const seenAt = '2026-11-27T12:00:00Z';
const step = 'node/k8s-master/certificates';

function theFacts(days: number, fields: Partial<CertificateFacts> = {}): CertificateFacts {
  const after = (more: number): string => new Date(Date.parse(seenAt) + more * 86_400_000).toISOString();
  return {
    seenAt,
    renewable: [
      { name: 'admin.conf', expiresAt: after(days) },
      { name: 'apiserver.crt', expiresAt: after(365) },
    ],
    authorities: [{ name: 'ca.crt', expiresAt: after(3_000) }],
    unread: [],
    cutOff: false,
    ...fields,
  };
}

function planOf(certificates: SeenCertificates, fields: Partial<ClusterFacts> = {}): Plan {
  return aPlan({ spec, units, facts: { ...settledFacts({ spec, units }), certificates, ...fields } });
}
const stepOf = (plan: Plan) => plan.steps.find((each) => each.step === step);

describe('the certificates of a cluster', () => {
  it('are made by kubeadm init where there is no control plane yet: nothing to do, and nothing unknown', () => {
    expect(stepOf(aPlan({ spec, units }))).toMatchObject({ op: 'none', reason: 'kubeadm init makes them' });
    expect(stepOf(aPlan({ spec, units }))?.note).toBeUndefined();
  });

  it('move no plan when they come to be known: another roll-out has made the cluster meanwhile', () => {
    const [before, after] = [planOf({ unknown: 'no verb' }), planOf(theFacts(300))];

    expect(after.digest).toBe(before.digest);
    expect(movedSteps(before, after)).toEqual([]);
  });

  it('need nothing earlier than 30 days before the first of them expires', () => {
    const plan = planOf(theFacts(31));

    expect(changesOf(plan)).toEqual([]);
    expect(remarksOf(plan)).toBe(0);
    expect(stepOf(plan)?.reason).toBe('the first to expire is admin.conf on 2026-12-28');
    expect(plan.nodes[0]).toMatchObject({ op: 'none' });
    expect(plan.nodes[0]).not.toHaveProperty('certificates');
  });

  it('are a change from then on, with name, date and days left, and only of the control plane', () => {
    const plan = planOf(theFacts(20.5));

    expect(changesOf(plan).map((each) => each.step)).toEqual([step]);
    expect(stepOf(plan)?.reason).toBe('admin.conf expires on 2026-12-18, 20 days from now');
    expect(plan.nodes.map(({ op, certificates }) => [op, certificates])).toEqual([
      ['change', 'renew only'],
      ['none', undefined],
      ['none', undefined],
    ]);
    expect(showPlan(plan)).toContain('certificates: admin.conf expires on 2026-12-18, 20 days from now');
    expect(plan.expiry).toMatchObject({ node: 'k8s-master', name: 'admin.conf', seenAt });
  });

  it('are renewed on the way where the control plane needs something else too', () => {
    const facts = settledFacts({ spec, units, preparedDigests: { 'k8s-master': 'a' } });
    const preparedDigests = { 'k8s-master': 'b' };
    const plan = aPlan({ spec, units, preparedDigests, facts: { ...facts, certificates: theFacts(20) } });

    expect(changesOf(plan).map((each) => each.step)).toEqual([
      'node/k8s-master/prepared',
      step,
      'node/k8s-master/labelled',
    ]);
    expect(plan.nodes[0]).toMatchObject({ certificates: 'renew' });
  });

  it('count the others that expire within 30 days', () => {
    const [first] = theFacts(3).renewable;
    const renewable = [first!, { ...first!, name: 'scheduler.conf' }];

    expect(stepOf(planOf(theFacts(3, { renewable })))?.reason).toMatch(
      /3 days from now \(and 1 more within 30 days\)$/,
    );
  });

  it.each([
    [0.5, 'admin.conf expires on 2026-11-28, less than a day from now'],
    [1.5, 'admin.conf expires on 2026-11-29, 1 day from now'],
    [-3.5, 'admin.conf expired on 2026-11-24, 3 days ago'],
  ])('say it in words when %d days are left', (days, words) => {
    expect(stepOf(planOf(theFacts(days)))?.reason).toBe(words);
  });

  it('have a step of one digest, whatever the day on which they are looked at', () => {
    const [first, second] = theFacts(20).renewable;
    const facts = theFacts(20, { renewable: [first!, { ...second!, expiresAt: '2026-12-28T12:00:00Z' }] });
    const later = { ...facts, seenAt: '2026-12-01T12:00:00Z' };

    expect(planOf(later).digest).toBe(planOf(facts).digest);
    expect(planOf({ ...theFacts(200), seenAt: later.seenAt }).digest).toBe(planOf(theFacts(300)).digest);
  });

  it('are renewed again where a renewal was cut off', () => {
    const plan = planOf(theFacts(365, { cutOff: true }));

    expect(changesOf(plan).map((each) => each.step)).toEqual([step]);
    expect(stepOf(plan)?.reason).toBe('their renewal began but did not complete');
  });

  it.each([
    ['nobody can read', { unknown: 'no verb' }, 'their expiry dates are unknown: no verb'],
    ['one file of which cannot be read', theFacts(300, { unread: ['scheduler.conf'] }), /unknown: scheduler\.conf$/],
  ] as const)('%s are unknown and said so, never fine', (_, certificates, note) => {
    const plan = planOf(certificates);

    expect(changesOf(plan)).toEqual([]);
    expect(stepOf(plan)?.note).toMatch(note);
    expect(showPlan(plan)).not.toContain('as the spec says');
  });

  it('name an authority that expires within a year: it cannot be renewed', () => {
    const authorities = [{ name: 'ca.crt', expiresAt: '2027-06-01T00:00:00Z' }];
    const plan = planOf(theFacts(300, { authorities }));

    expect(changesOf(plan)).toEqual([]);
    expect(stepOf(plan)?.note).toMatch(/^authority ca\.crt expires on 2027-06-01, 185 days from now; Groundswell cannot renew it$/);
  });
});

describe('a cluster that cannot be seen because a certificate has expired', () => {
  const { kubernetes: _, ...unseen } = settledFacts({ spec, units });
  const plan = aPlan({ spec, units, facts: { ...unseen, certificates: theFacts(-3) } });

  it('gets the plan to renew it, and no step else', () => {
    expect(changesOf(plan).map((each) => each.step)).toEqual([step]);
    expect(plan.nodes.map(({ op, certificates }) => [op, certificates])).toEqual([
      ['change', 'renew only'],
      ['none', undefined],
      ['none', undefined],
    ]);
    expect(plan.units.map(({ op }) => op)).toEqual(['none']);
  });

  it('is not said to be as wanted', () => {
    expect(showPlan(plan).split('\n')[0]).toBe(
      'cluster test cannot be seen, because of its certificates: admin.conf expired on 2026-11-24, 3 days ago',
    );
    expect(showPlan(plan)).not.toContain('as wanted');
  });
});

describe('firstExpiryText', () => {
  const expiry = { node: 'k8s-master', name: 'admin.conf', expiresAt: '2026-12-30T00:00:00Z', seenAt };

  it('says nothing before 30 days are left, then when that was seen and what to type', () => {
    expect(firstExpiryText(expiry, Date.parse('2026-11-29T00:00:00Z'))).toBeUndefined();
    expect(firstExpiryText(expiry, Date.parse('2026-12-20T00:00:00Z'))).toBe(
      'certificate admin.conf expires on 2026-12-30, 10 days from now, as k8s-master said on 2026-11-27; ' +
        'a roll-out renews it: npx groundswell up',
    );
  });
});
