//! Limits of a run (G1): each is the smaller of the Provider's and the grant's, has a default, and never exceeds what
//! the host can bear. Quantities are text, as Kubernetes users write them: `8Ki`, `30s`, `10/s`.

use bailiwick_api::{
    duration::{DurationError, GoDuration},
    grant::GrantLimits,
    provider::ProviderLimits,
    quantity::{bytes, rate},
};

use crate::{
    program::Limits,
    reason::{Denial, Reason},
};

const KI: u64 = 1024;
const MI: u64 = 1024 * KI;

/// What applies where nobody says anything.
const DEFAULTS: Limits = Limits {
    memory: 16 * MI,
    deadline_ms: 30_000,
    calls: 32,
    request_bytes: 8 * KI,
    response_bytes: MI,
    rate_per_second: 10,
    free_bits: 0,
};

/// What nobody can exceed.
const MOST: Limits = Limits {
    memory: 256 * MI,
    deadline_ms: 600_000,
    calls: 4096,
    request_bytes: 8 * MI,
    response_bytes: 64 * MI,
    rate_per_second: 10_000,
    free_bits: 1_000_000,
};

/// The smaller of the two, for each limit.
///
/// # Errors
/// A quantity that cannot be read, or one above what the host can bear.
pub(super) fn compile(
    provider: Option<&ProviderLimits>,
    grant: Option<&GrantLimits>,
) -> Result<Limits, Denial> {
    let provider = provider.cloned().unwrap_or_default();
    let grant = grant.cloned().unwrap_or_default();
    let of_provider = |name: &str| format!("Provider spec.limits.{name}");
    let of_grant = |name: &str| format!("limits.{name}");
    let memory = number(of_provider("memory"), provider.memory.as_deref(), bytes, MOST.memory)?;
    let deadline = smaller(
        number(of_provider("deadline"), provider.deadline.as_deref(), millis, MOST.deadline_ms)?,
        number(of_grant("deadline"), grant.deadline.as_deref(), millis, MOST.deadline_ms)?,
    );
    let calls = smaller(
        count(of_provider("calls"), provider.calls, MOST.calls)?,
        count(of_grant("calls"), grant.calls, MOST.calls)?,
    );
    let response = smaller(
        number(of_provider("responseBytes"), provider.response_bytes.as_deref(), bytes, MOST.response_bytes)?,
        number(of_grant("responseBytes"), grant.response_bytes.as_deref(), bytes, MOST.response_bytes)?,
    );
    let request =
        number(of_grant("requestBytes"), grant.request_bytes.as_deref(), bytes, MOST.request_bytes)?;
    let most_rate = u64::from(MOST.rate_per_second);
    let per_second =
        number(of_grant("rate"), grant.rate.as_deref(), |text| rate(text).map(u64::from), most_rate)?;
    Ok(Limits {
        memory: memory.unwrap_or(DEFAULTS.memory),
        deadline_ms: deadline.unwrap_or(DEFAULTS.deadline_ms),
        calls: calls.unwrap_or(DEFAULTS.calls),
        request_bytes: request.unwrap_or(DEFAULTS.request_bytes),
        response_bytes: response.unwrap_or(DEFAULTS.response_bytes),
        rate_per_second: per_second
            .and_then(|rate| u32::try_from(rate).ok())
            .unwrap_or(DEFAULTS.rate_per_second),
        free_bits: count(of_grant("freeBits"), grant.free_bits, MOST.free_bits)?
            .unwrap_or(DEFAULTS.free_bits),
    })
}

fn smaller<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn number<E: std::fmt::Display>(
    field: String,
    text: Option<&str>,
    read: impl Fn(&str) -> Result<u64, E>,
    most: u64,
) -> Result<Option<u64>, Denial> {
    let Some(text) = text else { return Ok(None) };
    match read(text) {
        Ok(number) if (1..=most).contains(&number) => Ok(Some(number)),
        Ok(_) => Err(refused(field, "is zero or more than the host can bear")),
        Err(error) => Err(refused(field, &error.to_string())),
    }
}

fn millis(text: &str) -> Result<u64, DurationError> {
    // What is negative counts as zero, which is refused.
    text.parse::<GoDuration>().map(|duration| u64::try_from(duration.millis()).unwrap_or(0))
}

fn count(field: String, number: Option<i64>, most: u32) -> Result<Option<u32>, Denial> {
    let Some(number) = number else { return Ok(None) };
    match u32::try_from(number) {
        Ok(count) if count <= most => Ok(Some(count)),
        _ => Err(refused(field, "is negative or more than the host can bear")),
    }
}

fn refused(field: String, remedy: &str) -> Denial {
    Denial::new(Reason::NotGranted, field, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g1_allowed_the_smaller_limit_wins() {
        let provider =
            ProviderLimits { calls: Some(64), deadline: Some("10s".into()), ..ProviderLimits::default() };
        let grant = GrantLimits { calls: Some(8), deadline: Some("1m".into()), ..GrantLimits::default() };
        let limits = compile(Some(&provider), Some(&grant)).unwrap();
        assert_eq!((limits.calls, limits.deadline_ms), (8, 10_000));
        assert_eq!(compile(None, None).unwrap(), DEFAULTS);
    }

    #[test]
    fn g1_denied_a_limit_that_is_none() {
        for text in ["0s", "forever", "-1s", "48h"] {
            let grant = GrantLimits { deadline: Some(text.into()), ..GrantLimits::default() };
            let denial = compile(None, Some(&grant)).unwrap_err();
            assert_eq!(
                (denial.reason, denial.field.as_str()),
                (Reason::NotGranted, "limits.deadline"),
                "{text}"
            );
        }
        let grant = GrantLimits { calls: Some(-1), ..GrantLimits::default() };
        assert!(compile(None, Some(&grant)).is_err());
    }
}
