/**
 * Every action at AWS that the systems ask for, by what IAM has to allow. A new call needs a word here: a test compares the list
 * with the calls of the sources.
 */
export const awsActions = {
  /** Reads of EC2. IAM cannot narrow them to single things. */
  ec2Reads: [
    ...['DescribeAddresses', 'DescribeAvailabilityZones', 'DescribeImages', 'DescribeInstanceTypeOfferings'],
    ...['DescribeInstanceTypes', 'DescribeInstances', 'DescribeInternetGateways', 'DescribeKeyPairs'],
    ...['DescribeLaunchTemplates', 'DescribeNatGateways', 'DescribeNetworkAcls', 'DescribeNetworkInterfaces'],
    ...['DescribeRouteTables', 'DescribeSecurityGroupRules', 'DescribeSecurityGroups', 'DescribeSubnets'],
    ...['DescribeVolumes', 'DescribeVpcEndpoints', 'DescribeVpcs', 'DescribeVpnGateways'],
  ],
  /** What makes and changes things at EC2. `CreateTags` also stands for the tags that come with a new thing. */
  ec2Changes: [
    ...['AssociateRouteTable', 'AttachInternetGateway', 'AuthorizeSecurityGroupIngress', 'CreateInternetGateway'],
    ...['CreateLaunchTemplate', 'CreateRoute', 'CreateRouteTable', 'CreateSecurityGroup', 'CreateSubnet'],
    ...['CreateTags', 'CreateVpc', 'DetachInternetGateway', 'DisassociateRouteTable', 'ImportKeyPair'],
    ...['ModifySubnetAttribute', 'ReplaceRoute', 'RevokeSecurityGroupIngress', 'RunInstances'],
  ],
  /** What ends things at EC2: only things with the tag of the cluster. */
  ec2Ends: [
    ...['DeleteInternetGateway', 'DeleteKeyPair', 'DeleteLaunchTemplate', 'DeleteRouteTable'],
    ...['DeleteSecurityGroup', 'DeleteSubnet', 'DeleteVpc', 'TerminateInstances'],
  ],
  sts: ['GetCallerIdentity'],
  /** Objects of the artifact store, where that is a bucket. */
  s3Objects: ['DeleteObject', 'GetObject', 'PutObject'],
  /** No call of ours: without it S3 says of a missing object that it is denied. */
  s3Bucket: ['ListBucket'],
} as const;
