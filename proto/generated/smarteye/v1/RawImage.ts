// Original file: proto/smarteye.proto


export interface RawImageMessage {
  'width'?: (number);
  'height'?: (number);
  /**
   * height × width × 3 bytes, RGB, row by row.
   */
  'rgb'?: (Buffer | Uint8Array | string);
}

export interface RawImage {
  'width': (number);
  'height': (number);
  /**
   * height × width × 3 bytes, RGB, row by row.
   */
  'rgb': (Buffer);
}
