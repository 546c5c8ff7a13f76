import type { Taint } from '../spec/spec.js';

/** Label and taint by which kubeadm marks a control plane. https://kubernetes.io/docs/reference/labels-annotations-taints/ */
export const controlPlaneMark = 'node-role.kubernetes.io/control-plane';

/** kubeadm's own taint of a control plane. */
export const controlPlaneTaint: Taint = { key: controlPlaneMark, effect: 'NoSchedule' };

/** The name of its machine, which every kubelet gives its Node. */
export const hostnameLabel = 'kubernetes.io/hostname';
