// Original file: proto/smarteye.proto

import type { ServiceMessage as _smarteye_v1_ServiceMessage, Service as _smarteye_v1_Service } from '../../smarteye/v1/Service.ts';
import type { ModelStateMessage as _smarteye_v1_ModelStateMessage, ModelState as _smarteye_v1_ModelState } from '../../smarteye/v1/ModelState.ts';

export interface ModelMessage {
  'name'?: (string);
  'service'?: (_smarteye_v1_ServiceMessage);
  'state'?: (_smarteye_v1_ModelStateMessage);
  /**
   * 0 to 100; absent when unknown.
   */
  'accuracy'?: (number | string);
  /**
   * Measured on the server; absent when unknown.
   */
  'latencyMs'?: (number | string);
  /**
   * Why the model is FAILED; of a READY one, why what its files say now is not what infers.
   */
  'detail'?: (string);
  /**
   * Which of that name it is; empty from a server that knows of no versions.
   */
  'version'?: (string);
  /**
   * What a READY model runs on, with the device: "cuda:0 (NVIDIA H100 80GB HBM3)".
   */
  'provider'?: (string);
  '_accuracy'?: "accuracy";
  '_latencyMs'?: "latencyMs";
}

export interface Model {
  'name': (string);
  'service': (_smarteye_v1_Service);
  'state': (_smarteye_v1_ModelState);
  /**
   * 0 to 100; absent when unknown.
   */
  'accuracy'?: (number);
  /**
   * Measured on the server; absent when unknown.
   */
  'latencyMs'?: (number);
  /**
   * Why the model is FAILED; of a READY one, why what its files say now is not what infers.
   */
  'detail': (string);
  /**
   * Which of that name it is; empty from a server that knows of no versions.
   */
  'version': (string);
  /**
   * What a READY model runs on, with the device: "cuda:0 (NVIDIA H100 80GB HBM3)".
   */
  'provider': (string);
  '_accuracy'?: "accuracy";
  '_latencyMs'?: "latencyMs";
}
