// The File objects of one device, and which of them are its configuration. What was described once is
// remembered: a missing file that is created again gets back its place in Configuration_Files and its
// kind. It must not know a service, nor who may write when.

import { INSTANCE_MAX } from '../../protocol/index.js';
import type { FileConfig, FileSummary } from '../types.js';
import { contentOf, type FileContent, joined } from './file-content.js';

/** One File object (clause 12.13). */
export interface FileObject {
  readonly instance: number;
  name: string;
  fileType: string;
  content: FileContent;
  archive: boolean;
  /** Read_Only outside a restore. */
  readOnly: boolean;
  readonly configuration: boolean;
  modifiedUnixTime: number;
  /** Created without an access method: the first write decides. */
  adoptsAccess: boolean;
}

export class DeviceFiles {
  readonly #files = new Map<number, FileObject>();
  readonly #described = new Map<number, FileObject>();
  /** Instances in the order of Configuration_Files, those of missing files too. */
  readonly #configurationOrder: number[] = [];
  readonly #startUnixTime: number;

  constructor(files: readonly FileConfig[], startUnixTime: number) {
    this.#startUnixTime = startUnixTime;
    for (const config of files) this.#add(this.#fromConfig(config));
  }

  get all(): readonly FileObject[] {
    return [...this.#files.values()].sort((a, b) => a.instance - b.instance);
  }

  get summaries(): readonly FileSummary[] {
    return this.all.map(({ instance, name, content, configuration }) => ({
      instance,
      name,
      access: content.access,
      size: content.size,
      configuration,
    }));
  }

  /** Instances of the configuration files that exist, in their order. */
  get configuration(): readonly number[] {
    return this.#configurationOrder.filter((instance) => this.#files.has(instance));
  }

  get(instance: number): FileObject | undefined {
    return this.#files.get(instance);
  }

  /** The lowest instance from 1 upward that no file has. */
  freeInstance(): number | undefined {
    for (let instance = 1; instance < INSTANCE_MAX; instance++) {
      if (!this.#files.has(instance)) return instance;
    }
    return undefined;
  }

  /** A new, empty file as the firmware knows it, or an unknown one; it is not there before `keep`. */
  draft(instance: number, now: number): FileObject {
    const known = this.#described.get(instance);
    return {
      instance,
      name: known?.name ?? `File ${instance}`,
      fileType: known?.fileType ?? '',
      content: contentOf(known?.content.access === 'record' ? [] : new Uint8Array(0)),
      archive: false,
      readOnly: known?.readOnly ?? true,
      configuration: known?.configuration ?? true,
      modifiedUnixTime: this.#startUnixTime + now,
      adoptsAccess: known === undefined,
    };
  }

  keep(draft: FileObject): void {
    this.#add(draft);
  }

  remove(instance: number): void {
    this.#files.delete(instance);
  }

  /** Replaces the content; RangeError when there is no such file. */
  replace(instance: number, content: Uint8Array | readonly Uint8Array[], now: number): void {
    const file = this.#files.get(instance);
    if (file === undefined) throw new RangeError(`there is no file ${instance}`);
    file.content = contentOf(content);
    this.touch(file, now);
  }

  /** Notes that the content has changed: Modification_Date and Archive (clauses 12.13.7, 12.13.8). */
  touch(file: FileObject, now: number): void {
    file.modifiedUnixTime = this.#startUnixTime + now;
    file.archive = false;
  }

  octets(instance: number): Uint8Array | undefined {
    const content = this.#files.get(instance)?.content;
    return content && joined(content);
  }

  records(instance: number): readonly Uint8Array[] | undefined {
    const content = this.#files.get(instance)?.content;
    return content?.access === 'record' ? content.read(0, content.size) : undefined;
  }

  #add(file: FileObject): void {
    this.#files.set(file.instance, file);
    this.#described.set(file.instance, file);
    if (file.configuration && !this.#configurationOrder.includes(file.instance))
      this.#configurationOrder.push(file.instance);
  }

  #fromConfig(config: FileConfig): FileObject {
    const configuration = config.configuration ?? true;
    return {
      instance: config.instance,
      name: config.name ?? `File ${config.instance}`,
      fileType: config.fileType ?? '',
      content: contentOf(config.access === 'stream' ? config.content : config.records),
      archive: config.archive ?? false,
      readOnly: config.readOnly ?? configuration,
      configuration,
      modifiedUnixTime: config.modifiedUnixTime ?? this.#startUnixTime,
      adoptsAccess: false,
    };
  }
}
