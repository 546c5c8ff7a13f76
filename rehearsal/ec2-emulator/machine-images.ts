/**
 * The images that the emulator offers, in the form of moto's own list (`MOTO_AMIS_PATH`), which knows no Debian. Owner
 * and name have the form of Debian's official images, so that a spec for AWS finds one here too. `rehearsal` in the
 * name says that a rehearsal host boots (Debian 12), not an image of Debian's.
 */
export const machineImages = [
  {
    ami_id: 'ami-0de6a12000000000a',
    name: 'debian-12-amd64-rehearsal',
    description: 'Debian 12 as a host of the rehearsal boots it',
    owner_id: '136693071363',
    architecture: 'x86_64',
    creation_date: '2026-11-01T00:00:00.000Z',
    hypervisor: 'xen',
    image_location: 'rehearsal/debian-12-amd64-rehearsal',
    image_type: 'machine',
    platform: 'Linux/UNIX',
    public: true,
    root_device_name: '/dev/xvda',
    root_device_type: 'ebs',
    sriov: 'simple',
    state: 'available',
    virtualization_type: 'hvm',
  },
] as const;
