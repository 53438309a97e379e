// Original file: proto/smarteye.proto


/**
 * Where the time of one inference went on the server, in milliseconds. The stages add up to total.
 */
export interface TimingsMessage {
  /**
   * The encoded image to pixels.
   */
  'decode'?: (number | string);
  /**
   * Waiting: for a Worker, and for the answer to be handed on.
   */
  'queue'?: (number | string);
  /**
   * The network alone.
   */
  'infer'?: (number | string);
  /**
   * From the arrival of the request to its answer.
   */
  'total'?: (number | string);
  /**
   * Pixels to the network's input: scaled and normalised.
   */
  'preprocess'?: (number | string);
  /**
   * The network's outputs to findings.
   */
  'postprocess'?: (number | string);
}

/**
 * Where the time of one inference went on the server, in milliseconds. The stages add up to total.
 */
export interface Timings {
  /**
   * The encoded image to pixels.
   */
  'decode': (number);
  /**
   * Waiting: for a Worker, and for the answer to be handed on.
   */
  'queue': (number);
  /**
   * The network alone.
   */
  'infer': (number);
  /**
   * From the arrival of the request to its answer.
   */
  'total': (number);
  /**
   * Pixels to the network's input: scaled and normalised.
   */
  'preprocess': (number);
  /**
   * The network's outputs to findings.
   */
  'postprocess': (number);
}
