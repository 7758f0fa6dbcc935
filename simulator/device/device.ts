// A simulated device on a link: an endpoint that speaks for a DeviceState. It answers requests, says
// I-Am, keeps silent and restarts when its state says so. Time is an input.

import {
  addressKey,
  COMPLEX_ACK_HEADER_OCTETS,
  decodeWhoIsRequest,
  DecodeError,
  encodeIAmRequest,
  Endpoint,
  ObjectType,
  PropertyId,
  segmentationWord,
  UnconfirmedService,
} from '../../protocol/index.js';
import type {
  Address,
  Answer,
  Destination,
  EndpointEvent,
  EndpointInput,
  LinkAddress,
} from '../../protocol/index.js';
import type {
  DeviceConfig,
  DeviceOptions,
  DeviceView,
  FileSummary,
  Sending,
  SimulatedNode,
} from '../types.js';
import { bareAcknowledgement } from './bare-answer.js';
import { checked } from './config.js';
import { DeviceState } from './device-state.js';
import { findObject, readProperty } from './objects/properties.js';
import { Refused } from './refused.js';
import { execute } from './services/index.js';

/** A whole DM-BR-B device. Throws RangeError for a description that cannot be. */
export function createDevice(config: DeviceConfig, options: DeviceOptions = {}): SimulatedDevice {
  return new SimulatedDevice(checked(config), options);
}

type Indication = Extract<EndpointEvent, { kind: 'indication' }>;

interface LateAnswer {
  readonly atMs: number;
  readonly indication: Indication;
  readonly answer: Answer;
}

export class SimulatedDevice implements SimulatedNode, DeviceView {
  onDue: (() => void) | undefined;
  readonly #state: DeviceState;
  readonly #framing: 'bip' | 'npdu';
  #endpoint: Endpoint;
  #restartsSeen = 0;
  #late: LateAnswer[] = [];

  constructor(config: DeviceConfig, options: DeviceOptions) {
    this.#state = new DeviceState(config, options.onEvent);
    this.#framing = options.framing ?? 'bip';
    this.#endpoint = this.#newEndpoint();
  }

  get instance(): number {
    return this.#state.instance;
  }

  get backupState(): number {
    return this.#state.backupState;
  }

  get systemStatus(): number {
    return this.#state.systemStatus;
  }

  get databaseRevision(): number {
    return this.#state.databaseRevision;
  }

  get files(): readonly FileSummary[] {
    return this.#state.files;
  }

  fileOctets(instance: number): Uint8Array | undefined {
    return this.#state.fileOctets(instance);
  }

  fileRecords(instance: number): readonly Uint8Array[] | undefined {
    return this.#state.fileRecords(instance);
  }

  setFile(instance: number, content: Uint8Array | readonly Uint8Array[], now: number): void {
    this.#state.setFile(instance, content, now);
  }

  removeFile(instance: number): void {
    this.#state.removeFile(instance);
  }

  restart(silentMs: number, now: number): void {
    this.#state.restart(silentMs, now);
    this.onDue?.();
  }

  start(now: number): Sending[] {
    return [...this.#endpointSays({ kind: 'start' }, now), ...this.#announce({ broadcast: 'global' }, now)];
  }

  receive(datagram: Uint8Array, from: LinkAddress, now: number): Sending[] {
    const due = this.tick(now);
    if (this.#state.isSilent(now)) return due;
    return [...due, ...this.#endpointSays({ kind: 'datagram', from, octets: datagram }, now)];
  }

  tick(now: number): Sending[] {
    const returned = this.#state.settle(now) && !this.#state.isSilent(now);
    const sendings = returned ? this.#announce({ broadcast: 'global' }, now) : [];
    this.#forgetAfterRestart();
    const ripe = this.#late.filter((late) => late.atMs <= now);
    this.#late = this.#late.filter((late) => late.atMs > now);
    for (const { indication, answer } of ripe) sendings.push(...this.#send(indication, answer, now));
    return [...sendings, ...this.#endpointSays({ kind: 'tick' }, now)];
  }

  nextDeadline(): number | undefined {
    const times = [
      this.#state.nextDeadline,
      this.#endpoint.nextDeadline(),
      ...this.#late.map((late) => late.atMs),
    ].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #newEndpoint(): Endpoint {
    const { limits, windowSize, apduTimeoutMs, segmentTimeoutMs, retries } = this.#state.config;
    const timers = { apduTimeoutMs, segmentTimeoutMs, retries };
    return new Endpoint({ framing: this.#framing, limits, timers, windowSize });
  }

  /** A restarted device knows nothing of the transactions that it had. */
  #forgetAfterRestart(): void {
    if (this.#restartsSeen === this.#state.restarts) return;
    this.#restartsSeen = this.#state.restarts;
    this.#endpoint = this.#newEndpoint();
    this.#late = [];
  }

  #endpointSays(input: EndpointInput, now: number): Sending[] {
    const sendings: Sending[] = [];
    for (const output of this.#endpoint.handle(input, now)) {
      if (output.kind === 'send') sendings.push({ to: output.to, datagram: output.datagram });
      else sendings.push(...this.#on(output.event, now));
    }
    return sendings;
  }

  #on(event: EndpointEvent, now: number): Sending[] {
    if (event.kind === 'indication') return this.#answer(event, now);
    if (event.kind === 'unconfirmed' && event.service === UnconfirmedService.whoIs)
      return this.#onWhoIs(event.from, event.payload, now);
    return [];
  }

  #answer(indication: Indication, now: number): Sending[] {
    const { service, payload, from, invokeId } = indication;
    const asker = `${addressKey(from)}#${invokeId}`;
    const answer = execute(this.#state, { service, payload, asker }, now);
    const context = { device: this.#state, service, payload, now };
    const delayMs =
      this.#state.quirks.map((quirk) => quirk.delayMs?.(context) ?? 0).find((ms) => ms > 0) ?? 0;
    if (delayMs > 0) {
      this.#late.push({ atMs: now + delayMs, indication, answer });
      return [];
    }
    return this.#send(indication, answer, now);
  }

  #send({ handle, from, invokeId, service }: Indication, answer: Answer, now: number): Sending[] {
    const bare =
      answer.kind === 'complex-ack' &&
      answer.payload.length + COMPLEX_ACK_HEADER_OCTETS <= this.#state.config.limits.maxApdu &&
      this.#state.quirks.some((quirk) => quirk.ignoresClientLimits);
    const sendings = this.#endpointSays(
      { kind: 'answer', handle, answer: bare ? { kind: 'silence' } : answer },
      now,
    );
    if (bare) sendings.push(bareAcknowledgement(from, invokeId, service, answer.payload, this.#framing));
    this.#state.restartIfAsked(now);
    this.#forgetAfterRestart();
    return sendings;
  }

  #onWhoIs(from: Address, payload: Uint8Array, now: number): Sending[] {
    try {
      const { low = 0, high = Infinity } = decodeWhoIsRequest(payload);
      if (this.instance < low || this.instance > high) return [];
    } catch (error) {
      // Unconfirmed: there is nobody to reject it to.
      if (error instanceof DecodeError) return [];
      throw error;
    }
    return this.#announce(this.#state.config.announces === 'unicast' ? from : { broadcast: 'global' }, now);
  }

  /** I-Am, with the limits that ReadProperty would give: a device that lies about them lies here too. */
  #announce(to: Destination, now: number): Sending[] {
    const state = this.#state;
    const object = findObject(state, { type: ObjectType.device, instance: state.instance });
    const number = (property: number): number | undefined => {
      try {
        const [value] = readProperty(state, object, { property }, now);
        return value?.type === 'unsigned' || value?.type === 'enumerated' ? value.value : undefined;
      } catch (error) {
        if (error instanceof Refused) return undefined;
        throw error;
      }
    };
    const { limits, vendorId } = state.config;
    const payload = encodeIAmRequest({
      device: state.instance,
      maxApdu: number(PropertyId.maxApduLengthAccepted) ?? limits.maxApdu,
      segmentation: segmentationWord(number(PropertyId.segmentationSupported) ?? -1) ?? limits.segmentation,
      vendorId,
    });
    return this.#endpointSays({ kind: 'unconfirmed', to, service: UnconfirmedService.iAm, payload }, now);
  }
}
