import type { Tag } from '@aws-sdk/client-ec2';
import type { NetworkFacts } from '../../model/facts/facts.js';
import type { NetworkPart } from '../../model/steps.js';
import type { CallOptions } from '../calls.js';
import type { Ec2Clients } from './ec2-client.js';
import type { NetworkPartInputs, Owner } from './ec2.js';

/** The owner of a network, and the ranges that it must let in. */
export type NetworkOwner = Owner & { readonly allowedCidrs?: readonly string[] };

/** The observation of one resource of the network. */
export interface SeenResource {
  /** Its complete parts, which count. */
  readonly facts?: Partial<NetworkFacts>;
  /** Its existing parts that do not count yet. */
  readonly halfMade?: readonly NetworkPart[];
  /** Its parts that are ours, with their given names, for a comparison of tags. */
  readonly ours?: readonly {
    readonly id: string | undefined;
    readonly name: string;
    readonly Tags?: Tag[] | undefined;
  }[];
}

/** Tells which parts of one resource count, from the counting resources before it in the table of steps. */
export type SeeResource = (network: NetworkFacts) => SeenResource | Promise<SeenResource>;

/**
 * Reads all our things of one kind, by tags. All kinds are read at the same time, and then judged one after another.
 */
export type LookAtResource = (clients: Ec2Clients, owner: NetworkOwner, options: CallOptions) => Promise<SeeResource>;

/** Looks for a thing by its tags, makes it when there is none, finishes a half-made one, and returns its id. */
export type CreateResource<Part extends keyof NetworkPartInputs> = (
  clients: Ec2Clients,
  input: Owner & NetworkPartInputs[Part],
  options?: CallOptions,
) => Promise<string>;

/** Deletes everything of one kind that is ours by its tags, of a zone where one is named; whether there was anything. */
export type DeleteResource = (
  clients: Ec2Clients,
  input: Owner & { readonly zone?: string },
  options?: CallOptions,
) => Promise<boolean>;
