// The numbers of errors, rejects and aborts that decisions hang on.

import { expect } from 'chai';
import { AbortReason, ErrorClass, ErrorCode, RejectReason } from '../../protocol/index.js';

describe('error codes', () => {
  it('are the numbers of protocol.md 0, which the backup procedure turns on', () => {
    expect(ErrorCode).to.include({
      configurationInProgress: 2,
      deviceBusy: 3,
      dynamicCreationNotSupported: 4,
      fileAccessDenied: 5,
      invalidFileAccessMethod: 10,
      invalidFileStartPosition: 11,
      noSpaceForObject: 18,
      noSpaceToWriteProperty: 20,
      objectIdentifierAlreadyExists: 24,
      operationalProblem: 25,
      passwordFailure: 26,
      serviceRequestDenied: 29,
      unknownObject: 31,
      unknownProperty: 32,
      unsupportedObjectType: 36,
      valueOutOfRange: 37,
      writeAccessDenied: 40,
      invalidArrayIndex: 42,
      optionalFunctionalityNotSupported: 45,
      invalidConfigurationData: 46,
      invalidTag: 57,
      parameterOutOfRange: 80,
      busy: 82,
      communicationDisabled: 83,
      unknownFileSize: 122,
      fileFull: 128,
      inconsistentObjectType: 130,
      notConfigured: 132,
    });
  });

  it('have the classes and reasons in the order of the standard', () => {
    expect(Object.values(ErrorClass)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(Object.values(RejectReason)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(Object.values(AbortReason)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
});
