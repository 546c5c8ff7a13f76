import { describe, expect, it } from 'vitest';
import { classifyEc2Failure, isAlreadyThere, isNotSeenYet } from '../../../systems/ec2/classify-failure.js';

const refused = (code: string, message = '', status = 400) => classifyEc2Failure({ code, message, status });

describe('classifyEc2Failure', () => {
  it.each([
    [
      'AwsThrottled',
      'RequestLimitExceeded Throttling ThrottlingException ThrottledException EC2ThrottledException RequestThrottled',
    ],
    [
      'AwsCapacity',
      'InsufficientInstanceCapacity InsufficientHostCapacity InsufficientFreeAddressesInSubnet Unsupported',
    ],
    ['AwsCapacity', 'InsufficientCapacity InsufficientAddressCapacity'],
    ['AwsCapacity', 'MaxSpotInstanceCountExceeded SpotMaxPriceTooLow'],
    [
      'AwsQuota',
      'VcpuLimitExceeded InstanceLimitExceeded VpcLimitExceeded InternetGatewayLimitExceeded AddressLimitExceeded',
    ],
    ['AwsQuota', 'ResourceCountExceeded'],
    ['AwsQuota', 'SecurityGroupLimitExceeded RulesPerSecurityGroupLimitExceeded VolumeLimitExceeded'],
    ['AwsDenied', 'UnauthorizedOperation AuthFailure AccessDenied ExpiredToken RequestExpired InvalidClientTokenId'],
    ['AwsDenied', 'PendingVerification OptInRequired Blocked SignatureDoesNotMatch'],
    [
      'AwsUnavailable',
      'InternalError InternalFailure ServiceUnavailable Unavailable DependencyViolation IncorrectState',
    ],
    ['AwsRefused', 'InvalidAMIID.NotFound InvalidAMIID.Malformed InvalidAMIID.Unavailable'],
    [
      'AwsRefused',
      'InvalidParameterValue InvalidParameterCombination InvalidBlockDeviceMapping InvalidUserData.Malformed',
    ],
    ['AwsRefused', 'InvalidSubnet.Range InvalidSubnet.Conflict InvalidGroup.Duplicate InvalidKeyPair.Duplicate'],
    ['AwsRefused', 'RouteAlreadyExists Resource.AlreadyAssociated'],
    ['LaunchTokenUsed', 'IdempotentInstanceTerminated IdempotentParameterMismatch'],
  ])('takes as %s: %s', (expected, codes) => {
    for (const code of codes.split(' ')) expect.soft(refused(code), code).toBe(expected);
  });

  it('takes a refusal for capacity as such although its status is that of a server error', () => {
    expect(refused('InsufficientInstanceCapacity', '', 500)).toBe('AwsCapacity');
  });

  it('waits for an instance profile that is not seen yet, and for no other invalid parameter', () => {
    const invalid = 'InvalidParameterValue';

    expect(
      refused(invalid, 'Value (x) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name'),
    ).toBe('AwsUnavailable');
    expect(refused(invalid, 'IAM Instance Profile "x" has no associated IAM Roles')).toBe('AwsUnavailable');
    expect(refused(invalid, 'Invalid value for parameter instanceType')).toBe('AwsRefused');
  });

  it('goes by the HTTP status where the code is not known', () => {
    expect(refused('SomethingNew', '', 400)).toBe('AwsRefused');
    expect(refused('SomethingNew', '', 429)).toBe('AwsThrottled');
    expect(refused('SomethingNew', '', 502)).toBe('AwsUnavailable');
  });

  it.each([
    'ECONNRESET',
    'ECONNREFUSED',
    'ETIMEDOUT',
    'EPIPE',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'EPROTO',
    'ECONNABORTED',
    'EAI_FAIL',
    'CERT_HAS_EXPIRED',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'TimeoutError',
  ])('takes %s without an answer as an outage', (code) => {
    expect(classifyEc2Failure({ code, message: '' })).toBe('AwsUnavailable');
  });

  it('takes missing credentials as such, and not as a defect of ours', () => {
    expect(classifyEc2Failure({ code: 'CredentialsProviderError', message: 'Could not load credentials' })).toBe(
      'AwsCredentialsMissing',
    );
  });

  it('does not guess about an error without code and answer', () => {
    expect(classifyEc2Failure({ code: 'TypeError', message: 'x is not a function' })).toBe('Unexpected');
    expect(classifyEc2Failure({ code: 'toString', message: '' })).toBe('Unexpected');
  });
});

describe('isNotSeenYet', () => {
  const parts = ['InstanceID', 'Group', 'SecurityGroupID', 'SubnetID', 'VpcID', 'RouteTableID', 'InternetGatewayID'];
  it.each([...parts, 'GatewayID', 'KeyPair'].map((part) => `Invalid${part}.NotFound`))(
    'takes %s of what an earlier step made for a lag, asks again, and parks no step by it',
    (code) => {
      expect(isNotSeenYet({ code, message: '' })).toBe(true);
      expect(classifyEc2Failure({ code, message: '', status: 400 })).toBe('AwsUnavailable');
    },
  );

  it('knows the ways in which an attachment is not seen yet', () => {
    const message = 'route table rtb-1 and network gateway igw-1 belong to different networks';
    expect(isNotSeenYet({ code: 'InvalidParameterValue', message })).toBe(true);
    expect(isNotSeenYet({ code: 'Gateway.NotAttached', message: '' })).toBe(true);
    expect(isNotSeenYet({ code: 'InvalidParameterValue', message: 'Invalid value for portRange' })).toBe(false);
  });

  it.each(['InvalidAMIID.NotFound', 'InvalidInstanceType.NotFound', 'InvalidGroup.Duplicate'])(
    'does not wait for %s',
    (code) => {
      expect(isNotSeenYet({ code, message: '' })).toBe(false);
    },
  );
});

describe('isAlreadyThere', () => {
  it('names what must be looked at before it counts as done', () => {
    const codes = [
      'InvalidGroup.Duplicate',
      'InvalidKeyPair.Duplicate',
      'InvalidPermission.Duplicate',
      'RouteAlreadyExists',
    ];
    for (const code of [...codes, 'Resource.AlreadyAssociated', 'InvalidSubnet.Conflict']) {
      expect.soft(isAlreadyThere(code), code).toBe(true);
    }
    expect(isAlreadyThere('InvalidSubnet.Range')).toBe(false);
  });
});
