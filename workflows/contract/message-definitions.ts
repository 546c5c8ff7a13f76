import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import {
  queryNames,
  signalNames,
  updateNames,
  type SignalName,
  type SignalPayloads,
  type UpdateName,
  type UpdatePayloads,
} from '../../model/messages.js';
import type { ApplyStatus, FrontDoorStatus, NodeStatus, WaveStatus } from '../../model/status/status.js';

/** A signal without a payload takes no argument. */
type Signal<Name extends SignalName> = SignalDefinition<
  [SignalPayloads[Name]] extends [undefined] ? [] : [SignalPayloads[Name]],
  Name
>;
type Update<Name extends UpdateName> = UpdateDefinition<
  UpdatePayloads[Name]['result'],
  [UpdatePayloads[Name]['input']],
  Name
>;

export const approveUpdate: Update<'approve'> = defineUpdate(updateNames.approve);
export const resolveUpdate: Update<'resolve'> = defineUpdate(updateNames.resolve);
export const pauseUpdate: Update<'pause'> = defineUpdate(updateNames.pause);
export const resumeUpdate: Update<'resume'> = defineUpdate(updateNames.resume);
export const stopUpdate: Update<'stop'> = defineUpdate(updateNames.stop);

export const stopSignal: Signal<'stop'> = defineSignal(signalNames.stop);
export const parkedSignal: Signal<'parked'> = defineSignal(signalNames.parked);
export const controlPlaneReadySignal: Signal<'controlPlaneReady'> = defineSignal(signalNames.controlPlaneReady);
export const decidedSignal: Signal<'decided'> = defineSignal(signalNames.decided);
export const pausedSignal: Signal<'paused'> = defineSignal(signalNames.paused);
export const amendedSignal: Signal<'amended'> = defineSignal(signalNames.amended);
export const nodeSkippedSignal: Signal<'nodeSkipped'> = defineSignal(signalNames.nodeSkipped);
export const nodesReadySignal: Signal<'nodesReady'> = defineSignal(signalNames.nodesReady);

export const frontDoorStatusQuery = defineQuery<FrontDoorStatus>(queryNames.status);
export const applyStatusQuery = defineQuery<ApplyStatus>(queryNames.status);
export const nodeStatusQuery = defineQuery<NodeStatus>(queryNames.status);
export const waveStatusQuery = defineQuery<WaveStatus>(queryNames.status);
