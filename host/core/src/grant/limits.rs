//! Limits of a run (G1): each is the smaller of the Provider's and the grant's, has a default, and never exceeds what
//! the host can bear. Quantities are text, as Kubernetes users write them: `8Ki`, `30s`, `10/s`.

use bailiwick_api::{grant::GrantLimits, provider::ProviderLimits};

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
    let rate = number(of_grant("rate"), grant.rate.as_deref(), per_second, most_rate)?;
    Ok(Limits {
        memory: memory.unwrap_or(DEFAULTS.memory),
        deadline_ms: deadline.unwrap_or(DEFAULTS.deadline_ms),
        calls: calls.unwrap_or(DEFAULTS.calls),
        request_bytes: request.unwrap_or(DEFAULTS.request_bytes),
        response_bytes: response.unwrap_or(DEFAULTS.response_bytes),
        rate_per_second: rate.and_then(|rate| u32::try_from(rate).ok()).unwrap_or(DEFAULTS.rate_per_second),
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

fn number(
    field: String,
    text: Option<&str>,
    read: fn(&str) -> Option<u64>,
    most: u64,
) -> Result<Option<u64>, Denial> {
    let Some(text) = text else { return Ok(None) };
    match read(text) {
        Some(number) if (1..=most).contains(&number) => Ok(Some(number)),
        Some(_) => Err(refused(field, "is zero or more than the host can bear")),
        None => Err(refused(field, "write a quantity such as 8Ki, 30s or 10/s")),
    }
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

/// `1024`, `8Ki`, `1Mi`, `1Gi`.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let (digits, unit) = split(text);
    let factor = match unit {
        "" => 1,
        "Ki" => KI,
        "Mi" => MI,
        "Gi" => 1024 * MI,
        _ => return None,
    };
    integer(digits)?.checked_mul(factor)
}

/// `500ms`, `30s`, `2m`, `1m30s`.
pub(super) fn millis(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (digits, after) = split(rest);
        let unit_end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, tail) = after.split_at(unit_end);
        let factor = match unit {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        total = total.checked_add(integer(digits)?.checked_mul(factor)?)?;
        rest = tail;
    }
    Some(total)
}

/// `10/s`.
pub(super) fn per_second(text: &str) -> Option<u64> {
    text.strip_suffix("/s").and_then(integer)
}

fn split(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

fn integer(digits: &str) -> Option<u64> {
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_quantities() {
        assert_eq!(bytes("8Ki"), Some(8192));
        assert_eq!(bytes("1024"), Some(1024));
        assert_eq!(millis("1m30s"), Some(90_000));
        assert_eq!(millis("500ms"), Some(500));
        assert_eq!(per_second("10/s"), Some(10));
        for text in ["", "Ki", "8ki", "8 Ki", "-1", "1.5Mi", "99999999999999999999", "18446744073709551615Gi"]
        {
            assert_eq!(bytes(text), None, "{text}");
        }
        for text in ["", "30", "s", "1d", "-1s", "1m30"] {
            assert_eq!(millis(text), None, "{text}");
        }
        for text in ["10", "10/m", "/s", "+1/s"] {
            assert_eq!(per_second(text), None, "{text}");
        }
    }

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
