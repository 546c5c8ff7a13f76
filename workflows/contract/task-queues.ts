/** Task queue of all workflows and activities but the Ansible ones. */
export const taskQueue = 'groundswell';
/** Task queue of activities that run `ansible-playbook`: few at once, because each is bound by the processor. */
export const ansibleTaskQueue = 'groundswell-ansible';
