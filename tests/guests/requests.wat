;; Uses every import once, and says what it was answered by asking `wanted` about it: numbers as the entry, texts as
;; the name.
(module
  (import "bailiwick:provider/credentials@0.1.0" "named" (func $named (param i32 i32 i32)))
  (import "bailiwick:provider/credentials@0.1.0" "[method]credential.expires-in" (func $expires (param i32 i32)))
  (import "bailiwick:provider/credentials@0.1.0" "[resource-drop]credential" (func $drop (param i32)))
  (import "bailiwick:provider/calls@0.1.0" "call"
    (func $call (param i32 i32 i32 i32 i32 i32 i32)))
  (import "bailiwick:provider/calls@0.1.0" "call-all" (func $call-all (param i32 i32 i32)))
  (import "bailiwick:provider/calls@0.1.0" "exchange"
    (func $exchange (param i32 i32 i32 i32 i32 i32 i32)))
  (import "bailiwick:provider/values@0.1.0" "[method]value.shape" (func $shape (param i32 i32)))
  (import "bailiwick:provider/values@0.1.0" "[method]value.names" (func $names (param i32 i32)))
  (import "bailiwick:provider/values@0.1.0" "[method]value.text" (func $text (param i32 i32)))
  (import "bailiwick:provider/answers@0.1.0" "config" (func $config (param i32 i32 i32)))
  (import "bailiwick:provider/answers@0.1.0" "wanted" (func $wanted (param i32 i32 i32) (result i32)))
  (import "bailiwick:provider/answers@0.1.0" "deliver" (func $deliver (param i32 i32)))
  (import "bailiwick:provider/answers@0.1.0" "deliver-named" (func $deliver-named (param i32 i32 i32)))
  (import "bailiwick:provider/answers@0.1.0" "absent" (func $absent (param i32)))
  (import "bailiwick:provider/answers@0.1.0" "failed" (func $failed (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "op")
  (data (i32.const 20) "slot")
  (data (i32.const 24) "/text")
  ;; Each allocation gets a place of its own, so that texts stay.
  (global $next (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $next (i32.add (global.get $next) (i32.const 256)))
    (global.get $next))
  (func (export "bailiwick:provider/provider@0.1.0#validate") (param i32 i32) (result i32) (i32.const 0))
  (func (export "bailiwick:provider/provider@0.1.0#push") (export "bailiwick:provider/provider@0.1.0#remove")
        (export "bailiwick:provider/provider@0.1.0#exists") (param i32 i32 i32 i32) (result i32) (i32.const 0))

  ;; Writes one (slot, arg) of 20 bytes.
  (func $arg (param $at i32) (param $kind i32) (param $first i32) (param $second i32)
    (i32.store (local.get $at) (i32.const 20))
    (i32.store offset=4 (local.get $at) (i32.const 4))
    (i32.store8 offset=8 (local.get $at) (local.get $kind))
    (i32.store offset=12 (local.get $at) (local.get $first))
    (i32.store offset=16 (local.get $at) (local.get $second)))

  (func (export "bailiwick:provider/provider@0.1.0#fetch") (param i32 i32 i32 i32) (result i32)
    (local $credential i32) (local $value i32) (local $body i32)
    (call $named (i32.const 16) (i32.const 2) (i32.const 512))
    (local.set $credential (i32.load (i32.const 516)))
    (call $config (i32.const 24) (i32.const 5) (i32.const 512))
    (local.set $value (i32.load (i32.const 516)))

    ;; entry(3, version), settings("/text"), echo(value), text("/text"), secret(value)
    (call $arg (i32.const 1024) (i32.const 0) (i32.const 3) (i32.const 2))
    (call $arg (i32.const 1044) (i32.const 1) (i32.const 24) (i32.const 5))
    (call $arg (i32.const 1064) (i32.const 2) (local.get $value) (i32.const 0))
    (call $arg (i32.const 1084) (i32.const 3) (i32.const 24) (i32.const 5))
    (call $arg (i32.const 1104) (i32.const 4) (local.get $value) (i32.const 0))
    (call $call (i32.const 16) (i32.const 2) (i32.const 1024) (i32.const 5)
      (i32.const 1) (local.get $credential) (i32.const 512))
    ;; result, outcome, body
    (drop (call $wanted (i32.load8_u (i32.const 512)) (i32.const 0) (i32.const 0)))
    (drop (call $wanted (i32.load8_u (i32.const 516)) (i32.const 0) (i32.const 0)))
    (local.set $body (i32.load (i32.const 520)))

    ;; Two requests of 24 bytes: without args, without credential. The second fails.
    (i32.store (i32.const 2048) (i32.const 16))
    (i32.store (i32.const 2052) (i32.const 2))
    (i32.store (i32.const 2072) (i32.const 16))
    (i32.store (i32.const 2076) (i32.const 1))
    (call $call-all (i32.const 2048) (i32.const 2) (i32.const 512))
    ;; The list's first result is ok, the second's error is the code at 4.
    (drop (call $wanted (i32.load8_u (i32.load (i32.const 512))) (i32.const 0) (i32.const 0)))
    (drop (call $wanted (i32.load8_u offset=16 (i32.load (i32.const 512))) (i32.const 0) (i32.const 0)))

    (call $exchange (i32.const 16) (i32.const 2) (i32.const 0) (i32.const 0)
      (i32.const 1) (local.get $credential) (i32.const 512))
    (call $drop (local.get $credential))
    (call $expires (i32.load (i32.const 516)) (i32.const 512))
    (drop (call $wanted (i32.load (i32.const 516)) (i32.const 0) (i32.const 0)))

    (call $shape (local.get $body) (i32.const 512))
    (drop (call $wanted (i32.load8_u (i32.const 513)) (i32.const 0) (i32.const 0)))
    (call $text (local.get $body) (i32.const 512))
    (drop (call $wanted (i32.const 0) (i32.load (i32.const 516)) (i32.load (i32.const 520))))
    (call $names (local.get $body) (i32.const 512))
    ;; The list's second text.
    (drop (call $wanted (i32.load (i32.const 520))
      (i32.load offset=8 (i32.load (i32.const 516))) (i32.load offset=12 (i32.load (i32.const 516)))))

    (call $deliver (i32.const 0) (local.get $body))
    (call $deliver-named (i32.const 1) (local.get $body) (local.get $value))
    (call $absent (i32.const 2))
    ;; misconfigured
    (call $failed (i32.const 3) (i32.const 4))
    ;; err(throttled)
    (i32.store8 (i32.const 600) (i32.const 1))
    (i32.store8 (i32.const 601) (i32.const 2))
    (i32.const 600)))
