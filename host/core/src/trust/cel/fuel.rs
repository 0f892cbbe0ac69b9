//! Fuel: the deadline of an expression, in units of work and not of time. Once it is spent, every further loop, call or
//! element is an error. `all` and `exists` hold back errors of their rounds, not those of the condition before each
//! round, which is why that one asks for fuel too: what is still open ends with its next round.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use cel::{Context, DeclarationError, ExecutionError, Value, objects::Key};
use regex::Regex;

use super::rewrite::{CHARGE, LOOP, MATCHES, MORE};

/// Units of one evaluation: bytes and items that are copied or compared, and nodes that are evaluated in loops. A few
/// tens of milliseconds; a predicate of 64 KiB can be gone through thirty times.
const FUEL: u64 = 2_000_000;

/// Units for each byte that a pattern is searched in.
const SEARCH: u64 = 16;

/// What is left of it.
#[derive(Clone)]
pub(super) struct Fuel(Arc<AtomicU64>);

impl Fuel {
    pub(super) fn new() -> Self {
        Self(Arc::new(AtomicU64::new(FUEL)))
    }

    /// Whether something could not be paid for.
    pub(super) fn is_spent(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    /// Declares the functions that expressions are rewritten to.
    pub(super) fn install(
        &self,
        context: &mut Context<'_, '_>,
        patterns: &Arc<Vec<Regex>>,
    ) -> Result<(), DeclarationError> {
        let fuel = self.clone();
        context.add_function(CHARGE, move |value: Value| -> Result<Value, ExecutionError> {
            fuel.charge(&value)?;
            Ok(value)
        })?;
        let fuel = self.clone();
        context.add_function(MORE, move |more: bool| -> Result<bool, ExecutionError> {
            fuel.pay(1).map(|()| more)
        })?;
        let fuel = self.clone();
        context.add_function(LOOP, move |range: Value, weight: i64| -> Result<Value, ExecutionError> {
            fuel.charge(&range)?;
            let rounds = items(&range).saturating_add(1);
            fuel.pay(rounds.saturating_mul(u64::try_from(weight).unwrap_or(u64::MAX)))?;
            Ok(range)
        })?;
        let (fuel, patterns) = (self.clone(), patterns.clone());
        context.add_function(MATCHES, move |text: Value, index: i64| -> Result<bool, ExecutionError> {
            fuel.matches(&text, usize::try_from(index).ok().and_then(|index| patterns.get(index)))
        })?;
        Ok(())
    }

    /// A search is linear in the text; at its worst, which takes a pattern made for it, each byte costs many states.
    fn matches(&self, text: &Value, pattern: Option<&Regex>) -> Result<bool, ExecutionError> {
        let (Value::String(text), Some(pattern)) = (text, pattern) else {
            return Err(ExecutionError::function_error("matches", "needs a text"));
        };
        let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        self.pay(bytes.saturating_add(1).saturating_mul(SEARCH))?;
        Ok(pattern.is_match(text))
    }

    fn pay(&self, units: u64) -> Result<(), ExecutionError> {
        let less = |left: u64| Some(left.saturating_sub(units));
        let before = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).unwrap_or_default();
        if before > units { Ok(()) } else { Err(ExecutionError::function_error("fuel", "is spent")) }
    }

    /// Pays for a value, node by node, so that nothing is walked that is not paid for.
    fn charge(&self, value: &Value) -> Result<(), ExecutionError> {
        let mut open = vec![value];
        while let Some(value) = open.pop() {
            self.pay(1_u64.saturating_add(bytes(value)))?;
            match value {
                Value::List(list) => open.extend(list.iter()),
                Value::Map(map) => open.extend(map.map.values()),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Bytes of a value itself, and items that it holds.
fn bytes(value: &Value) -> u64 {
    let length = match value {
        Value::String(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Map(map) => map.map.keys().map(key_bytes).fold(0, usize::saturating_add),
        _ => 0,
    };
    u64::try_from(length).unwrap_or(u64::MAX).saturating_add(items(value))
}

fn key_bytes(key: &Key) -> usize {
    if let Key::String(text) = key { text.len() } else { 8 }
}

fn items(value: &Value) -> u64 {
    let items = match value {
        Value::List(list) => list.len(),
        Value::Map(map) => map.map.len(),
        _ => 0,
    };
    u64::try_from(items).unwrap_or(u64::MAX)
}
