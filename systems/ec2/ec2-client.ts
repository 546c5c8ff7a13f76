import { EC2Client } from '@aws-sdk/client-ec2';
import type { EC2ClientConfig } from '@aws-sdk/client-ec2';
import { STSClient } from '@aws-sdk/client-sts';
import { followEc2Clock } from './ec2-clock.js';

/** The way to EC2. The wiring decides all of it. */
export interface Ec2Connection {
  readonly region: string;
  /** Base URL of an emulator. Default: the region's own endpoint at AWS. */
  readonly endpoint?: string;
  /** Default: the SDK's own chain (environment, profiles, instance role). */
  readonly credentials?: NonNullable<EC2ClientConfig['credentials']>;
}

/** The clients for all calls to AWS. */
export interface Ec2Clients {
  /** Repeats requests by itself (three attempts in all, the SDK's default): for reads and for repeatable requests. */
  readonly repeating: EC2Client;
  /**
   * Sends each request once: for creations without a ClientToken, whose repeat after a lost answer would make a second
   * thing.
   */
  readonly once: EC2Client;
  /** The time at EC2; see `followEc2Clock`. */
  readonly now: () => Date;
  /** Tells the owner of the credentials, which needs no permission. */
  readonly identity: STSClient;
}

/** Creates the clients. With an endpoint, nothing in the environment can lead them to another one. */
export function createEc2Clients(connection: Ec2Connection): Ec2Clients {
  const shared = {
    region: connection.region,
    // the SDK waits for ever by default
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
    ...(connection.endpoint === undefined
      ? {}
      : { endpoint: connection.endpoint, useFipsEndpoint: false, useDualstackEndpoint: false }),
    ...(connection.credentials === undefined ? {} : { credentials: connection.credentials }),
  } satisfies EC2ClientConfig;
  const repeating = new EC2Client({ ...shared, retryMode: 'standard', maxAttempts: 3 });
  const once = new EC2Client({ ...shared, retryMode: 'standard', maxAttempts: 1 });
  return {
    repeating,
    once,
    now: followEc2Clock([repeating, once]),
    identity: new STSClient({ ...shared, retryMode: 'standard', maxAttempts: 3 }),
  };
}
