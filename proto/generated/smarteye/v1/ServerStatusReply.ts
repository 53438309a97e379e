// Original file: proto/smarteye.proto

import type { LoadMessage as _smarteye_v1_LoadMessage, Load as _smarteye_v1_Load } from '../../smarteye/v1/Load.ts';
import type { ModelMessage as _smarteye_v1_ModelMessage, Model as _smarteye_v1_Model } from '../../smarteye/v1/Model.ts';

export interface ServerStatusReplyMessage {
  'version'?: (string);
  'uptimeS'?: (number | string);
  /**
   * Execution provider that the sessions run on, with the device: "cpu", "webgpu (Intel Arc A770)".
   */
  'provider'?: (string);
  'load'?: (_smarteye_v1_LoadMessage | null);
  /**
   * Models that are ready.
   */
  'models'?: (_smarteye_v1_ModelMessage)[];
  'draining'?: (boolean);
}

export interface ServerStatusReply {
  'version': (string);
  'uptimeS': (number);
  /**
   * Execution provider that the sessions run on, with the device: "cpu", "webgpu (Intel Arc A770)".
   */
  'provider': (string);
  'load': (_smarteye_v1_Load | null);
  /**
   * Models that are ready.
   */
  'models': (_smarteye_v1_Model)[];
  'draining': (boolean);
}
