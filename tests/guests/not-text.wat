;; Passes a name that is not UTF-8.
(module
  (import "bailiwick:provider/credentials@0.1.0" "named" (func $named (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "\ff\fe")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "bailiwick:provider/provider@0.1.0#validate") (param i32 i32) (result i32) (i32.const 0))
  (func (export "bailiwick:provider/provider@0.1.0#push") (export "bailiwick:provider/provider@0.1.0#remove")
        (export "bailiwick:provider/provider@0.1.0#exists") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func (export "bailiwick:provider/provider@0.1.0#fetch") (param i32 i32 i32 i32) (result i32)
    (call $named (i32.const 16) (i32.const 2) (i32.const 32))
    (i32.const 0)))
