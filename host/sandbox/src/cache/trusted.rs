//! The one function with unsafe code.

use wasmtime::{Engine, component::Component};

use super::key::Authentic;

/// Makes a component of machine code that we compiled ourselves.
///
/// # Errors
/// Where the code is for another engine, version or CPU: the engine looks at that itself.
#[allow(unsafe_code)]
pub(super) fn deserialize(engine: &Engine, code: &Authentic) -> wasmtime::Result<Component> {
    // SAFETY: `Component::deserialize` asks for bytes that `Component::serialize` or `precompile_component` wrote and
    // nobody changed. `Authentic` is made only where HMAC-SHA256 under our key file (0600, outside the cache) holds
    // over these very bytes, and the only place that computes such a MAC is `Cache::keep`, over what `serialize`
    // returned. The bytes are in our memory since before the check, so nobody can change them after it.
    unsafe { Component::deserialize(engine, code.code()) }
}
