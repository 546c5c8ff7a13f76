import type { Check } from './check.js';

/**
 * Adds an advice to the check of kubectl when its version does not fit the cluster. Kubernetes supports one minor
 * version more or less (https://kubernetes.io/releases/version-skew-policy/#kubectl). The check does not fail, because
 * groundswell never runs kubectl.
 */
export function kubectlSkew(check: Check, wanted: string | undefined): Check {
  const [found, cluster] = [minorOf(check.found), minorOf(wanted ?? '')];
  if (check.state !== 'ok' || found === undefined || cluster === undefined) return check;
  if (Math.abs(found - cluster) <= 1) return check;
  return {
    ...check,
    state: 'optional',
    advice: `the cluster runs ${wanted ?? ''}: use kubectl 1.${cluster - 1} to 1.${cluster + 1}; https://kubernetes.io/docs/tasks/tools/`,
  };
}

function minorOf(version: string): number | undefined {
  const minor = /^v?1\.(\d+)(?:\.|$)/.exec(version)?.[1];
  return minor === undefined ? undefined : Number(minor);
}
