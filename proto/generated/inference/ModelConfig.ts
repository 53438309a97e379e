// Original file: proto/open_inference.proto

import type { ModelInputMessage as _inference_ModelInputMessage, ModelInput as _inference_ModelInput } from '../inference/ModelInput.ts';
import type { ModelOutputMessage as _inference_ModelOutputMessage, ModelOutput as _inference_ModelOutput } from '../inference/ModelOutput.ts';

export interface ModelConfigMessage {
  'name'?: (string);
  'platform'?: (string);
  /**
   * Always 0: the dimension of a batch is among the others.
   */
  'maxBatchSize'?: (number);
  'input'?: (_inference_ModelInputMessage)[];
  'output'?: (_inference_ModelOutputMessage)[];
  'backend'?: (string);
}

export interface ModelConfig {
  'name': (string);
  'platform': (string);
  /**
   * Always 0: the dimension of a batch is among the others.
   */
  'maxBatchSize': (number);
  'input': (_inference_ModelInput)[];
  'output': (_inference_ModelOutput)[];
  'backend': (string);
}
