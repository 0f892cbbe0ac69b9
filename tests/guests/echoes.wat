;; One call whose arguments all name one handle with a selector of 64 kB: 2000 of them would be 128 MB on the host.
(module
  (import "bailiwick:provider/answers@0.1.0" "config" (func $config (param i32 i32 i32)))
  (import "bailiwick:provider/values@0.1.0" "[method]value.at" (func $at (param i32 i32 i32) (result i32)))
  (import "bailiwick:provider/calls@0.1.0" "call"
    (func $call (param i32 i32 i32 i32 i32 i32 i32)))
  (memory (export "memory") 3)
  (data (i32.const 16) "/v")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "bailiwick:provider/provider@0.1.0#validate") (param i32 i32) (result i32) (i32.const 0))
  (func (export "bailiwick:provider/provider@0.1.0#push") (export "bailiwick:provider/provider@0.1.0#remove")
        (export "bailiwick:provider/provider@0.1.0#exists") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func (export "bailiwick:provider/provider@0.1.0#fetch") (param i32 i32 i32 i32) (result i32)
    (local $value i32) (local $arg i32)
    (call $config (i32.const 16) (i32.const 2) (i32.const 32))
    (local.set $value (call $at (i32.load (i32.const 36)) (i32.const 131072) (i32.const 65536)))
    ;; (slot, arg) of 20 bytes each: an empty slot, echo (2) of the handle.
    (local.set $arg (i32.const 8192))
    (loop $again
      (i32.store8 offset=8 (local.get $arg) (i32.const 2))
      (i32.store offset=12 (local.get $arg) (local.get $value))
      (local.set $arg (i32.add (local.get $arg) (i32.const 20)))
      (br_if $again (i32.lt_u (local.get $arg) (i32.const 48192))))
    (call $call (i32.const 16) (i32.const 2) (i32.const 8192) (i32.const 2000)
      (i32.const 0) (i32.const 0) (i32.const 64))
    (i32.const 0)))
