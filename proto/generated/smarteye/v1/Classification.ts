// Original file: proto/smarteye.proto


export interface ClassificationMessage {
  'label'?: (string);
  'classId'?: (number);
  'score'?: (number | string);
}

export interface Classification {
  'label': (string);
  'classId': (number);
  'score': (number);
}
