;; One row of a picture, sampled between two rows of its source: `between` of bilinear.ts for each
;; colour of each pixel, and what the colour's table makes of the byte. `deno task wasm` compiles it.
;;
;; The four lanes of a vector are red, green and blue of one pixel, and one that means nothing.
(module
  (import "sampler" "memory" (memory 1))

  (func (export "row")
    (param $near i32)     ;; i32 a pixel: offset of the left one of its two sources in a row
    (param $weights i32)  ;; i16 twice a pixel: shares of the left and of the right one
    (param $count i32)    ;; pixels, at least 1
    (param $above i32)    ;; the upper row of the source, and 5 readable bytes behind it
    (param $below i32)    ;; the lower row, as the upper one
    (param $up i32)       ;; share of the upper row
    (param $down i32)     ;; share of the lower row
    (param $tables i32)   ;; f32 a byte: 256 for red, then for green, then for blue
    (param $red i32)      ;; where the f32 of the pixels go
    (param $green i32)
    (param $blue i32)
    (local $end i32)
    (local $place i32)
    (local $weight v128)
    (local $ups v128)
    (local $downs v128)
    (local $bytes v128)

    (local.set $end (i32.add (local.get $red) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $ups (i32x4.splat (local.get $up)))
    (local.set $downs (i32x4.splat (local.get $down)))
    (loop $pixel
      (local.set $place (i32.load (local.get $near)))
      (local.set $weight (v128.load32_splat (local.get $weights)))

      ;; Bytes times 4: the places in a table. The rounding is that of `between`.
      (local.set $bytes
        (v128.and
          (i32x4.add
            (i32x4.add
              (call $share (i32.add (local.get $above) (local.get $place)) (local.get $weight) (local.get $ups))
              (call $share (i32.add (local.get $below) (local.get $place)) (local.get $weight) (local.get $downs)))
            (v128.const i32x4 2 2 2 2))
          (v128.const i32x4 -4 -4 -4 -4)))

      (f32.store (local.get $red)
        (f32.load (i32.add (local.get $tables) (i32x4.extract_lane 0 (local.get $bytes)))))
      (f32.store (local.get $green)
        (f32.load offset=1024 (i32.add (local.get $tables) (i32x4.extract_lane 1 (local.get $bytes)))))
      (f32.store (local.get $blue)
        (f32.load offset=2048 (i32.add (local.get $tables) (i32x4.extract_lane 2 (local.get $bytes)))))

      (local.set $near (i32.add (local.get $near) (i32.const 4)))
      (local.set $weights (i32.add (local.get $weights) (i32.const 4)))
      (local.set $green (i32.add (local.get $green) (i32.const 4)))
      (local.set $blue (i32.add (local.get $blue) (i32.const 4)))
      (br_if $pixel
        (i32.lt_u
          (local.tee $red (i32.add (local.get $red) (i32.const 4)))
          (local.get $end)))))

  ;; What one row gives to a pixel: between the two sources at `$at`, times the row's share.
  (func $share (param $at i32) (param $weight v128) (param $share v128) (result v128)
    (i32x4.shr_u
      (i32x4.dot_i16x8_s
        (i32x4.shr_u
          (i32x4.dot_i16x8_s
            ;; RGB of the left source and RGB of the right one, as pairs of i16.
            (i8x16.swizzle
              (v128.load64_zero (local.get $at))
              (v128.const i8x16 0 -1 3 -1 1 -1 4 -1 2 -1 5 -1 -1 -1 -1 -1))
            (local.get $weight))
          (i32.const 4))
        (local.get $share))
      (i32.const 16))))
