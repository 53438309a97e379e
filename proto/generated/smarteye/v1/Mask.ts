// Original file: proto/smarteye.proto


/**
 * COCO's uncompressed run lengths: down the columns from the left, pixels outside and inside in turn.
 */
export interface MaskMessage {
  /**
   * The mask covers the whole image, whatever the image's own size.
   */
  'height'?: (number);
  'width'?: (number);
  'counts'?: (number)[];
}

/**
 * COCO's uncompressed run lengths: down the columns from the left, pixels outside and inside in turn.
 */
export interface Mask {
  /**
   * The mask covers the whole image, whatever the image's own size.
   */
  'height': (number);
  'width': (number);
  'counts': (number)[];
}
