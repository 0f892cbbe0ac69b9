//! The template of `bailiwick provider init`, compiled as it stands against the sdk of this workspace, with its own
//! tests. That it also builds in an empty folder is tested with the command itself.
#![allow(unreachable_pub, reason = "it is a crate of its own")]

#[path = "../../template/src/lib.rs"]
mod template;
