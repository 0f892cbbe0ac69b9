//! The requests of a case, played: each one that would leave is held against the next that is expected, and answered
//! with what the case recorded for it, also where only its URL differs: so that one slip is one difference. One that nobody
//! expects is answered with an error of ours and reported.

use bailiwick_api::case::{Case, CaseDenied, CaseRequest, CaseResponse};

use super::{Difference, differ::Differ, mask::Mask, wire, wire::Sent};
use crate::{
    catalogue::Catalogue,
    egress::origin::{self, OriginError},
    program::Origin,
};

/// What a request is answered with that nobody expects: no catalogue means anything by it, and none retries it.
const UNEXPECTED: u16 = 501;

/// A request that was decided and would have left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The catalogue's operation.
    pub operation: String,
    /// Decoded segments of its key or prefix.
    pub key: Vec<String>,
}

/// The requests of one case.
pub struct Script {
    expected: Vec<(CaseRequest, bool)>,
    mask: Mask,
    asked: Vec<Asked>,
    differences: Vec<Difference>,
}

impl Script {
    /// The requests that a case expects of a provider.
    #[must_use]
    pub fn new(catalogue: &Catalogue, case: &Case) -> Self {
        let expected = case.requests.iter().map(|request| (request.clone(), false)).collect();
        Self { expected, mask: Mask::of(catalogue), asked: Vec::new(), differences: Vec::new() }
    }

    /// The response to a request, given as its bytes, that was to go to `origin`.
    pub fn answer(&mut self, asked: Asked, origin: &Origin, request: &[u8]) -> Vec<u8> {
        let (sent, origin) = (Sent::parse(request), origin.to_string());
        let operation = asked.operation.clone();
        self.asked.push(asked);
        let Some(next) = self.expected.iter().position(|(_, used)| !used) else {
            return self.unexpected(&sent, &origin, &operation, "no further request");
        };
        let exact = |index: &usize| self.differs(*index, &sent, &origin).is_empty();
        let later = (next..self.expected.len()).filter(|index| self.is_open(*index)).find(exact);
        match later {
            Some(index) => self.take(index, next, &sent, &origin),
            None if self.meant(next, &sent) => self.take(next, next, &sent, &origin),
            None => {
                let words = self.expected.get(next).map(|(one, _)| format!("{} {}", one.method, one.url));
                self.unexpected(&sent, &origin, &operation, &words.unwrap_or_default())
            }
        }
    }

    /// What differed, with the requests that never came; and what was asked for.
    #[must_use]
    pub fn end(mut self) -> (Vec<Difference>, Vec<Asked>) {
        for (index, (request, _)) in self.expected.iter().enumerate().filter(|(_, (_, used))| !used) {
            let words = format!("{} {}", request.method, request.url);
            self.differences.push(Difference::new(format!("requests[{index}]"), words, "never asked for"));
        }
        (self.differences, self.asked)
    }

    fn is_open(&self, index: usize) -> bool {
        self.expected.get(index).is_some_and(|(_, used)| !used)
    }

    /// Whether it is meant to be that one, so that what differs is worth more than two requests that do not match.
    fn meant(&self, index: usize, sent: &Sent) -> bool {
        self.expected.get(index).is_some_and(|(expected, _)| expected.method == sent.method)
    }

    fn differs(&self, index: usize, sent: &Sent, origin: &str) -> Vec<Difference> {
        let Some((expected, _)) = self.expected.get(index) else { return Vec::new() };
        let differ = Differ { mask: &self.mask, at: format!("requests[{index}]"), found: Vec::new() };
        differ.request(expected, sent, origin)
    }

    fn take(&mut self, index: usize, next: usize, sent: &Sent, origin: &str) -> Vec<u8> {
        let found = self.differs(index, sent, origin);
        self.differences.extend(found);
        if index != next {
            let at = format!("requests[{index}]");
            self.differences.push(Difference::new(at, format!("after requests[{next}]"), "before it"));
        }
        match self.expected.get_mut(index) {
            Some((request, used)) => {
                *used = true;
                wire::response(&request.response)
            }
            None => nothing(),
        }
    }

    fn unexpected(&mut self, sent: &Sent, origin: &str, operation: &str, expected: &str) -> Vec<u8> {
        let got = format!("{} {origin}{} (operation {operation}; nothing left)", sent.method, sent.target);
        self.differences.push(Difference::new("a request that is not expected", expected, got));
        nothing()
    }
}

fn nothing() -> Vec<u8> {
    let (headers, json, text) = (std::collections::BTreeMap::new(), None, None);
    wire::response(&CaseResponse { status: UNEXPECTED, headers, json, text })
}

/// The origin of a URL and what follows it.
pub(super) fn split(url: &str) -> Result<(Origin, &str), OriginError> {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(host..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host + at);
    let (origin, rest) = url.split_at_checked(end).unwrap_or((url, ""));
    Ok((origin::parse_store_url(origin)?, rest))
}

/// Whether the requests of a case can be read: each URL is one, and each names its authority where there are several.
///
/// # Errors
/// The field of the first that cannot, and the remedy.
pub fn readable(catalogue: &Catalogue, case: &Case) -> Result<(), String> {
    let known: Vec<&str> = catalogue.authorities.keys().map(String::as_str).collect();
    for (index, CaseRequest { url, authority, .. }) in case.requests.iter().enumerate() {
        split(url).map_err(|error| format!("requests[{index}].url: {error}"))?;
        let named = authority.as_deref().map_or(known.len() < 2, |name| known.contains(&name));
        if !named {
            return Err(format!("requests[{index}].authority: name one of {}", known.join(", ")));
        }
    }
    Ok(())
}

/// Denied calls that a case does not name, and named ones that did not come.
#[must_use]
pub fn unexpected_denials(case: &Case, denied: &[CaseDenied]) -> Vec<Difference> {
    let mut open = case.denied.clone();
    let mut found = Vec::new();
    for CaseDenied { operation, reason } in denied {
        match open.iter().position(|one| one.operation == *operation && one.reason == *reason) {
            Some(index) => drop(open.remove(index)),
            None => {
                let got = format!("{reason}: the grant does not admit it, and nothing left");
                found.push(Difference::new(format!("operation {operation}"), "an admitted call", got));
            }
        }
    }
    let missing = |one: CaseDenied| {
        Difference::new(format!("operation {}", one.operation), one.reason, "no such denial")
    };
    found.extend(open.into_iter().map(missing));
    found
}
