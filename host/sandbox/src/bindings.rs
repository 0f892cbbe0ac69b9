//! What wasmtime generates from `wit/bailiwick.wit`. Nothing is written by hand here: the host's side of the
//! imports is in `host`, and types cross into those of the boundary in `convert`.

#![allow(missing_docs, unreachable_pub, clippy::all, clippy::unwrap_used, clippy::indexing_slicing)]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "blind",
    imports: {
        // Selectors are lazy: they stay on this side and need no await.
        "bailiwick:provider/values.[method]value.at": trappable,
        "bailiwick:provider/values.[method]value.find": trappable,
        "bailiwick:provider/values.[method]value.decode": trappable,
        default: async | trappable,
    },
    exports: { default: async },
    require_store_data_send: true,
    with: {
        "bailiwick:provider/credentials.credential": bailiwick_boundary::Handle,
        "bailiwick:provider/values.value": bailiwick_boundary::ValueRef,
    },
});
