/**
 * The API server's audit policy (audit.k8s.io/v1) that the ledger is made from: who made, changed or removed what, without
 * bodies. Kubernetes' own controllers, leases, events and status updates are left out; of the kubelets only the
 * registration of a node and its certificate requests are kept.
 */
export const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
omitManagedFields: true
rules:
# a node registers itself, or asks for its certificate
- level: Metadata
  verbs: [create]
  userGroups: ["system:nodes", "system:bootstrappers"]
  resources:
  - {group: "", resources: [nodes]}
  - {group: certificates.k8s.io, resources: [certificatesigningrequests]}
- level: None
  userGroups: ["system:nodes", "system:bootstrappers", "system:serviceaccounts:kube-system"]
- level: None
  users: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler", "system:kube-proxy"]
- level: None
  resources:
  - {group: "", resources: [events, "*/status"]}
  - {group: events.k8s.io}
  - {group: coordination.k8s.io}
  - {group: authentication.k8s.io}
  - {group: authorization.k8s.io}
- level: Metadata
  verbs: [create, update, patch, delete, deletecollection]
- level: None
`;
