import { cidrContains } from '../spec/cidr.js';
import { textAt, listAt } from '../json/json-value.js';
import { type KubernetesObject, objectTitle } from '../kubernetes/kubernetes-object.js';
import { secondsAfterEnd } from '../kubernetes/passing-job.js';
import { referenceOf } from '../kubernetes/kubernetes-object.js';
import { podSpecsOf } from './placement.js';
import type { ClusterSpec } from '../spec/spec.js';

/** Ranges of documentation, where nobody is. Source: RFC 5737. */
const documentationRanges = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'];
/** Registry of the rehearsal's images: no other machine has them. */
const rehearsalRegistry = 'groundswell.dev/';

/** What of a valid spec is right for a rehearsal and wrong for a cluster at AWS, one sentence each. */
export function unwiseInSpec({ access, kubernetes }: Pick<ClusterSpec, 'access' | 'kubernetes'>): readonly string[] {
  const manifest =
    kubernetes.cniManifestSha256 === undefined
      ? [
          `kubernetes.cniManifest: the manifest at this address gets the rights of an administrator; pin it with cniManifestSha256`,
        ]
      : [];
  return [...manifest, ...unwiseRanges(access.allowedCidrs)];
}

function unwiseRanges(ranges: readonly string[]): readonly string[] {
  return ranges.flatMap((range) => {
    const field = `access.allowedCidrs: ${range}`;
    if (documentationRanges.some((documentation) => cidrContains(documentation, range))) {
      return [`${field} is a documentation range, which no worker uses; name your own range`];
    }
    return range.endsWith('/0')
      ? [`${field} lets everybody reach SSH and the Kubernetes API; name your own range`]
      : [];
  });
}

/** What of the manifests of units is right for a rehearsal, or for `kubectl apply`, and unwise here, one sentence each. */
export function unwiseInUnits(units: readonly NamedObjects[]): readonly string[] {
  return [...unwiseImages(units), ...units.flatMap(unwiseJobs)];
}

interface NamedObjects {
  readonly name: string;
  readonly objects: readonly KubernetesObject[];
}

/** A Job that is deleted in the moment in which it ends is seen by nobody. */
function unwiseJobs({ name, objects }: NamedObjects): readonly string[] {
  return objects
    .filter((object) => secondsAfterEnd(object) === 0)
    .map(
      (job) =>
        `${objectTitle(referenceOf(job))} of unit ${name} is deleted as soon as it ends (ttlSecondsAfterFinished: 0), ` +
        'so nobody can tell whether it succeeded; set it to some minutes',
    );
}

/** Images that only a rehearsal has, one sentence for each, with the units that name it. */
function unwiseImages(units: readonly NamedObjects[]): readonly string[] {
  const named = units.flatMap(({ name, objects }) => objects.flatMap(imagesOf).map((image) => ({ name, image })));
  const byImage = Map.groupBy(
    named.filter(({ image }) => image.startsWith(rehearsalRegistry)),
    ({ image }) => image,
  );
  return [...byImage].map(([image, uses]) => {
    const names = [...new Set(uses.map(({ name }) => name))].join(', ');
    return `image ${image} is a stand-in that only a rehearsal has; name an image of a registry that your hosts can reach: units ${names}`;
  });
}

function imagesOf(object: KubernetesObject): readonly string[] {
  return podSpecsOf(object)
    .flatMap((pod) => [...listAt(pod, 'initContainers'), ...listAt(pod, 'containers')])
    .flatMap((container) => textAt(container, 'image') ?? []);
}
