;; Recurses without end; the locals keep the compiler from making a loop of it.
(module
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "bailiwick:provider/provider@0.1.0#validate") (param i32 i32) (result i32) (i32.const 0))
  (func (export "bailiwick:provider/provider@0.1.0#push") (export "bailiwick:provider/provider@0.1.0#remove")
        (export "bailiwick:provider/provider@0.1.0#exists") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func $deeper (param i64) (result i64)
    (i64.add (call $deeper (i64.add (local.get 0) (i64.const 1))) (local.get 0)))
  (func (export "bailiwick:provider/provider@0.1.0#fetch") (param i32 i32 i32 i32) (result i32)
    (drop (call $deeper (i64.const 1)))
    (i32.const 0)))
