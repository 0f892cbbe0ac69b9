;; Asks for the process's arguments: an import outside the `blind` world, refused by name before anything compiles.
(module
  (import "wasi:cli/environment@0.2.6" "get-arguments" (func $arguments (param i32)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "bailiwick:provider/provider@0.1.0#validate") (param i32 i32) (result i32)
    (call $arguments (i32.const 32))
    (i32.const 0))
  (func (export "bailiwick:provider/provider@0.1.0#fetch") (export "bailiwick:provider/provider@0.1.0#push")
        (export "bailiwick:provider/provider@0.1.0#remove") (export "bailiwick:provider/provider@0.1.0#exists")
        (param i32 i32 i32 i32) (result i32) (i32.const 0)))
