/** Tensors: what goes into a network and comes out of it, whatever it means. */

/** The array that holds a tensor's elements, by their type. A `bool` is a byte, 0 or 1. */
export const ELEMENT_ARRAYS = {
  float32: Float32Array,
  float16: Float16Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

/** Type of a tensor's elements: ONNX's numbers and truth values, not its strings. */
export type ElementType = keyof typeof ELEMENT_ARRAYS;

/** A tensor whose elements are of one type. */
export interface TensorOf<T extends ElementType> {
  /** Which input or output of a network it is. */
  readonly name: string;
  /** Type of its elements. */
  readonly type: T;
  /** Its shape; the last dimension varies fastest. Empty for a single value. */
  readonly dims: readonly number[];
  /** Its elements: as many as `dims` multiply to. */
  readonly data: InstanceType<typeof ELEMENT_ARRAYS[T]>;
}

/** A tensor; its `type` says what its `data` is. */
export type Tensor = { readonly [T in ElementType]: TensorOf<T> }[ElementType];

/** What a network says of an input or an output. */
export interface TensorInfo {
  /** As the ONNX file calls it. */
  readonly name: string;
  /** Type of its elements. */
  readonly type: ElementType;
  /** Its shape; a word or a negative number where any size will do. */
  readonly dims: readonly (number | string)[];
}
