;; One call with a list of requests whose strings all lie over one another: 64 kB of guest memory
;; would be 128 MB on the host.
(module
  (import "bailiwick:provider/calls@0.1.0" "call-all" (func $call-all (param i32 i32 i32)))
  (memory (export "memory") 2)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "bailiwick:provider/provider@0.1.0#validate") (param i32 i32) (result i32) (i32.const 0))
  (func (export "bailiwick:provider/provider@0.1.0#push") (export "bailiwick:provider/provider@0.1.0#remove")
        (export "bailiwick:provider/provider@0.1.0#exists") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func (export "bailiwick:provider/provider@0.1.0#fetch") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    ;; 2048 requests of 24 bytes: operation (pointer, length), no args, no credential.
    (local.set $at (i32.const 8192))
    (loop $again
      (i32.store (local.get $at) (i32.const 0))
      (i32.store offset=4 (local.get $at) (i32.const 65536))
      (local.set $at (i32.add (local.get $at) (i32.const 24)))
      (br_if $again (i32.lt_u (local.get $at) (i32.const 57344))))
    (call $call-all (i32.const 8192) (i32.const 2048) (i32.const 32))
    (i32.const 0)))
