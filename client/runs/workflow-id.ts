/** Makes a workflow id from its purpose, its cluster and the time: `roll-out-ecoeco-20261123T180211Z-4f2`. */
export function workflowId(verb: 'roll-out' | 'tear-down' | 'plan' | 'drift' | 'read', cluster: string): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  // two starts in one second get two ids
  const suffix = Math.floor(Math.random() * 4096)
    .toString(16)
    .padStart(3, '0');
  return `${verb}-${cluster}-${time}-${suffix}`;
}
