// System errors of the file system as errors of the engine, once and in one place.
// Every one names the path, and keeps the system's own words as its cause.

import { EngineError, type ErrorCode } from '../errors.js';
import { systemCode } from './file-system.js';

const NO_SPACE = ['ENOSPC', 'EDQUOT'];
const MISSING = ['ENOENT', 'ENOTDIR'];

/** Runs one file operation; a system error becomes `store-no-space`, `missing` or `store-io`. */
export async function onFile<T>(
  action: string,
  path: string,
  operation: () => Promise<T>,
  missing: Extract<ErrorCode, 'store-missing' | 'store-io'> = 'store-io',
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw storeError(action, path, error, missing);
  }
}

export function storeError(
  action: string,
  path: string,
  error: unknown,
  missing: Extract<ErrorCode, 'store-missing' | 'store-io'> = 'store-io',
): EngineError {
  const code = systemCode(error) ?? '';
  const message = `could not ${action} ${path}: ${words(error)}`;
  const details = { path, systemCode: code };
  if (NO_SPACE.includes(code)) return new EngineError('store-no-space', message, { cause: error, details });
  if (MISSING.includes(code)) return new EngineError(missing, message, { cause: error, details });
  return new EngineError('store-io', message, { cause: error, details });
}

/** The error's own words without the call and the paths, which Node puts after them. */
function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return systemCode(error) === undefined ? error.message : error.message.replace(/, \w+( '.*)?$/, '');
}
