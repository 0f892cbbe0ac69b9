//! How the engine is set up. Guest code is hostile: whatever it does not need is switched off, and all that it may
//! take comes from a pool whose size is fixed at the start.

use wasmtime::{Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::limits::{CORE_INSTANCES, MAX_MEMORY, MAX_TABLE, MEMORIES, TABLES};

/// Part of the name of what the cache keeps: raise it with each change here that the engine's own compatibility
/// hash does not see.
pub(crate) const VERSION: u32 = 2;

/// Metadata of one instance, in bytes; a provider takes a few thousand.
const METADATA: usize = 256 << 10;

/// Bytes of a memory that are zeroed by hand and stay resident when its slot is given back. Measured; more costs
/// resident memory, less costs page faults.
const KEEP_RESIDENT: usize = 256 << 10;

/// The engine's configuration with `slots` runs at once.
pub(crate) fn config(slots: u32) -> Config {
    let mut config = Config::new();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(slots)));
    // The defaults reserve gigabytes of address space a slot, which a strict container does not have.
    config.memory_reservation(MAX_MEMORY as u64);
    config.memory_guard_size(64 << 10);
    config.memory_reservation_for_growth(0);
    config.memory_may_move(false);
    // A data byte at each end of a memory must not make an image of all of it.
    config.memory_guaranteed_dense_image_size(1 << 20);
    config.epoch_interruption(true);
    config.wasm_relaxed_simd(false);
    config.wasm_memory64(false);
    config.wasm_multi_memory(false);
    config.wasm_tail_call(false);
    #[cfg(feature = "scan")]
    config.coredump_on_trap(true);
    config
}

fn pool(slots: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(slots);
    pool.max_component_instance_size(METADATA);
    pool.max_core_instances_per_component(CORE_INSTANCES);
    pool.total_core_instances(slots.saturating_mul(CORE_INSTANCES));
    pool.max_core_instance_size(METADATA);
    pool.max_memories_per_component(MEMORIES);
    pool.total_memories(slots.saturating_mul(MEMORIES));
    pool.max_memory_size(MAX_MEMORY);
    pool.max_tables_per_module(TABLES);
    pool.max_tables_per_component(TABLES);
    pool.total_tables(slots.saturating_mul(TABLES));
    pool.table_elements(MAX_TABLE);
    pool.total_stacks(slots);
    pool.linear_memory_keep_resident(KEEP_RESIDENT);
    pool.table_keep_resident(MAX_TABLE * size_of::<usize>());
    pool.pagemap_scan(Enabled::Auto);
    pool
}
