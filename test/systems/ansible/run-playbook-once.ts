import { join } from 'node:path';
import { createAnsiblePlaybook } from '../../../systems/ansible/ansible-playbook.js';
import { createFolderArtifacts } from '../../../systems/artifacts/folder-artifacts.js';
import { readSecret } from '../../../systems/read-secret.js';

/** A worker that runs one playbook: started by a test, which kills it. Arguments: program, content, runs, target as JSON. */
const [program = '', contentFolder = '', runsFolder = '', target = '{}'] = process.argv.slice(2);
const ansible = createAnsiblePlaybook({
  program,
  contentFolder,
  runsFolder,
  artifacts: createFolderArtifacts(join(runsFolder, 'artifacts')),
  readSecret,
  path: process.env['PATH'] ?? '',
});
await ansible.runPlaybook({
  playbook: 'prepare',
  host: JSON.parse(target),
  variables: {},
  logName: 'killed-1-1',
});
