import type { Tag } from '@aws-sdk/client-ec2';
import type { NetworkFacts } from '../../model/facts/facts.js';
import type { NetworkPart } from '../../model/steps.js';
import type { CallOptions } from '../calls.js';
import type { Ec2Clients } from './ec2-client.js';
import type { NetworkPartInputs, Owner } from './ec2.js';

/** Whose network, and to whom it is to be open. */
export type NetworkOwner = Owner & { readonly allowedCidrs?: readonly string[] };

/** What was seen of one resource of the network. */
export interface SeenResource {
  /** What counts of it. */
  readonly facts?: Partial<NetworkFacts>;
  /** What exists of it and does not count yet. */
  readonly halfMade?: readonly NetworkPart[];
  /** What of it is ours, with the name that it was given: its tags are compared. */
  readonly ours?: readonly {
    readonly id: string | undefined;
    readonly name: string;
    readonly Tags?: Tag[] | undefined;
  }[];
}

/** Says what of one resource counts, by what counts of the resources before it in the table of steps. */
export type SeeResource = (network: NetworkFacts) => SeenResource | Promise<SeenResource>;

/** Reads everything of one kind that is ours by tags. All kinds are read at the same time, and then seen one after another. */
export type LookAtResource = (clients: Ec2Clients, owner: NetworkOwner, options: CallOptions) => Promise<SeeResource>;

/** Looks for one by its tags, makes it when there is none, finishes a half-made one, and returns its id. */
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
