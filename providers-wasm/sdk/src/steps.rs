//! Steps that most providers share: a login, the reads of all entries at once, the end of a find. They are made of what
//! [`Host`] offers and decide nothing; a provider that needs another way takes that.

use crate::{CallError, Credential, Entry, Failure, Host, Reference, Reply, Request, Value};

impl Host {
    /// The credential that reads: what the store's auth method provides as `own`, or what the first of `logins` gives
    /// that it provides for. Each of those is the credential's name and the exchange it is used for; the host revokes
    /// what an exchange gave after the run.
    ///
    /// # Errors
    /// The login failed, or the store's method is none of these.
    pub fn log_in(&self, own: &str, logins: &[(&str, &str)]) -> Result<Credential, Failure> {
        if let Some(own) = self.named(own) {
            return Ok(own);
        }
        let mut proofs = logins.iter().filter_map(|(name, exchange)| Some((self.named(name)?, exchange)));
        let (proof, exchange) = proofs.next().ok_or(Failure::Misconfigured)?;
        Ok(self.exchange(&Request::new(exchange).by(&proof))?)
    }

    /// Reads and answers all entries that name one secret, at once. `request` says for each what is asked, and the JSON
    /// pointer to the value in the reply.
    pub fn read_all<'r>(
        &self,
        entries: &[Entry],
        request: impl Fn(u32, &Reference) -> Result<(Request<'r>, &'static str), Failure>,
    ) {
        let (mut asked, mut requests) = (Vec::new(), Vec::new());
        for (entry, wanted) in (0u32..).zip(entries) {
            let (Entry::Secret(reference) | Entry::Extract(reference)) = wanted else { continue };
            match request(entry, reference) {
                Ok((request, at)) => {
                    asked.push((entry, at));
                    requests.push(request);
                }
                Err(why) => self.failed(entry, why),
            }
        }
        for ((entry, at), reply) in asked.into_iter().zip(self.call_all(&requests)) {
            self.answer(entry, found_at(reply, at));
        }
    }

    /// Answers a find entry by names and values, whole or not at all.
    pub fn answer_find(&self, entry: u32, found: Result<Vec<(Value, Value)>, Failure>) {
        match found {
            Ok(all) if all.is_empty() => self.absent(entry),
            Ok(all) => all.iter().for_each(|(name, value)| self.deliver_named(entry, name, value)),
            Err(why) => self.failed(entry, why),
        }
    }
}

/// The part of a reply at a JSON pointer (the whole of it for an empty one); none where there is no such secret.
///
/// # Errors
/// There is no reply, or one that is neither a success nor an absence.
pub fn found_at(reply: Result<Reply, CallError>, at: &str) -> Result<Option<Value>, Failure> {
    let body = reply?.found()?;
    Ok(body.map(|body| if at.is_empty() { body } else { body.at(at) }))
}
