// Original file: proto/open_inference.proto

import type { ModelConfigMessage as _inference_ModelConfigMessage, ModelConfig as _inference_ModelConfig } from '../inference/ModelConfig.ts';

export interface ModelConfigResponseMessage {
  'config'?: (_inference_ModelConfigMessage | null);
}

export interface ModelConfigResponse {
  'config': (_inference_ModelConfig | null);
}
