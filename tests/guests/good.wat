;; The well-behaved guest: delivers the config value "/v" to entry 0, or says that it is absent.
;;
;; All guests here answer `ok` by returning address 0, where a zero stands, and give every allocation the same place:
;; they don't read what they are given.
(module
  (import "bailiwick:provider/answers@0.1.0" "config" (func $config (param i32 i32 i32)))
  (import "bailiwick:provider/answers@0.1.0" "deliver" (func $deliver (param i32 i32)))
  (import "bailiwick:provider/answers@0.1.0" "absent" (func $absent (param i32)))
  (import "bailiwick:provider/values@0.1.0" "[resource-drop]value" (func $drop (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "/v")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "bailiwick:provider/provider@0.1.0#validate") (param i32 i32) (result i32) (i32.const 0))
  (func (export "bailiwick:provider/provider@0.1.0#push") (export "bailiwick:provider/provider@0.1.0#remove")
        (export "bailiwick:provider/provider@0.1.0#exists") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func (export "bailiwick:provider/provider@0.1.0#fetch") (param i32 i32 i32 i32) (result i32)
    ;; option<value> at 32: discriminant, then the handle at 36.
    (call $config (i32.const 16) (i32.const 2) (i32.const 32))
    (if (i32.load8_u (i32.const 32))
      (then (call $deliver (i32.const 0) (i32.load (i32.const 36))) (call $drop (i32.load (i32.const 36))))
      (else (call $absent (i32.const 0))))
    (i32.const 0)))
