;; Reads outside its memory.
(module
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "bailiwick:provider/provider@0.1.0#validate") (param i32 i32) (result i32) (i32.const 0))
  (func (export "bailiwick:provider/provider@0.1.0#push") (export "bailiwick:provider/provider@0.1.0#remove")
        (export "bailiwick:provider/provider@0.1.0#exists") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func (export "bailiwick:provider/provider@0.1.0#fetch") (param i32 i32 i32 i32) (result i32)
    (drop (i32.load (i32.const 0x7fffffff)))
    (i32.const 0)))
