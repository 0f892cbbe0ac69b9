//! The broker against real loopback servers, driven as a runner would drive it: by messages. Tests are named after
//! the rule that they prove; each allowed case has its denied twin.

#![cfg(test)]

mod absences;
mod audit;
mod aws;
mod backend;
mod boundary;
mod changes;
mod credentials;
mod harness;
mod hostile_runner;
mod lists;
mod network;
mod oracles;
mod pooling;
mod proofs;
mod revocation;
mod stage;
mod tls;
mod tokens;
mod vault;
