//! Rules about statements in the Common Expression Language: compiled once for each policy, evaluated for each statement.
//! The crate has no interrupt, so time is bounded by fuel: the parsed expression is rewritten so that each loop and each
//! value that is copied is paid for before the work is done (see `fuel`). No clock is read: the same rule over the same
//! statement ends the same way everywhere. Errors, and all that is not `true`, refuse.

mod fuel;
mod limits;
mod names;
mod rewrite;
mod value;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, LazyLock},
};

use cel::{Context, Env, IdedExpr, Value, parser::Parser};
use regex::Regex;
use serde_json::Value as Json;

use fuel::Fuel;

/// Bytes of an expression.
pub(super) const MAX_SOURCE: usize = 2048;

/// Bytes of a predicate as JSON.
pub(super) const MAX_PREDICATE: usize = 64 * 1024;

/// How deep a predicate, and an expression, may nest.
pub(super) const MAX_DEPTH: usize = 32;

/// CEL's standard library without `matches`, which needs patterns that are compiled already.
static STANDARD: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// A compiled expression.
#[derive(Debug)]
pub(super) struct Expression {
    expr: IdedExpr,
    /// What `matches` is called with, compiled.
    patterns: Arc<Vec<Regex>>,
}

/// What an expression sees.
pub(super) struct Variables<'a> {
    /// The statement's predicate.
    pub(super) predicate: &'a Json,
    /// `{name, digest: {sha256}}`: what the statement is about.
    pub(super) subject: Json,
    /// `{issuer, subject, claims}`.
    pub(super) signer: Json,
    /// `{ref, digest, version, imports}`.
    pub(super) artifact: Json,
}

/// Why an expression did not yield `true`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It is false.
    False,
    /// It is an error, or no boolean.
    Error,
    /// It, or the predicate, exceeds a limit.
    Limit,
}

impl Expression {
    /// Compiles one.
    ///
    /// # Errors
    /// A remedy, without the expression; a name of it that nothing declares is said.
    pub(super) fn compile(source: &str) -> Result<Self, String> {
        limits::source(source)?;
        // The parser is generated and not ours: what makes it panic is no expression.
        let parse = || Parser::new().max_recursion_depth(64).parse(source).map_err(drop);
        let parsed = catch_unwind(AssertUnwindSafe(parse)).unwrap_or(Err(()));
        let mut expr = parsed.map_err(|()| "is no expression of CEL")?;
        limits::depth(&expr)?;
        names::known(&expr)?;
        let patterns = rewrite::rewrite(&mut expr)?;
        Ok(Self { expr, patterns: Arc::new(patterns) })
    }

    /// Evaluates it.
    ///
    /// # Errors
    /// Whatever is not `true`.
    pub(super) fn holds(&self, variables: &Variables<'_>) -> Result<(), Refused> {
        if !limits::predicate(variables.predicate) {
            return Err(Refused::Limit);
        }
        let fuel = Fuel::new();
        let run = || self.evaluate(variables, &fuel);
        let result = catch_unwind(AssertUnwindSafe(run)).unwrap_or(Err(()));
        // `||` hides errors: what ran dry is refused whatever came of it.
        match result {
            _ if fuel.is_spent() => Err(Refused::Limit),
            Ok(Value::Bool(true)) => Ok(()),
            Ok(Value::Bool(false)) => Err(Refused::False),
            _ => Err(Refused::Error),
        }
    }

    fn evaluate(&self, variables: &Variables<'_>, fuel: &Fuel) -> Result<Value, ()> {
        let mut context = Context::with_env(Arc::clone(&STANDARD));
        fuel.install(&mut context, &self.patterns).map_err(drop)?;
        let Variables { predicate, subject, signer, artifact } = variables;
        for (name, json) in
            [("predicate", *predicate), ("subject", subject), ("signer", signer), ("artifact", artifact)]
        {
            context.add_variable_from_value(name, value::from_json(json));
        }
        context.resolve(&self.expr).map_err(drop)
    }
}

#[cfg(test)]
mod tests;
