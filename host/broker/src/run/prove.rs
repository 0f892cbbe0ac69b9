//! The proof of an account (G7): where requests do not carry it, a sealed identity call comes before the first use
//! of a credential, and a credential of another account is never used.

use std::sync::Arc;

use bailiwick_core::{
    catalogue::{OperationClass, Proof},
    fetched::Trouble,
    program::Program,
    reason::{Denial, Reason},
    values::json::Json,
};

use super::{
    channel::{Fault, Terms},
    prepare::Prepared,
    session::{Session, Stop},
};
use crate::{credential::Held, net::Received, reply};

impl Session {
    /// Proves the credential of `prepared`, unless it has been proven, or the request is an exchange: its reply is
    /// sealed, and what it mints is proven itself.
    pub(super) async fn prove(&self, prepared: &Prepared) -> Result<(), Stop> {
        let catalogue = self.channel.catalogue();
        let (Some(held), Some(proof)) = (&prepared.by, &catalogue.proof) else { return Ok(()) };
        let class = catalogue.operations.get(&prepared.operation).map(|operation| operation.class);
        if class == Some(OperationClass::Exchange) {
            return Ok(());
        }
        let proven = held.proven.get_or_try_init(|| self.identity(proof, held, prepared)).await?;
        if *proven {
            return Ok(());
        }
        let denial = foreign(proof);
        self.channel.denied(&prepared.operation, &denial);
        Err(Stop::Call(self.remember(&prepared.entries, &denial)))
    }

    async fn identity(&self, proof: &Proof, held: &Arc<Held>, of: &Prepared) -> Result<bool, Stop> {
        let stop = |fault| self.stop(&of.entries, fault);
        let denied = |denial: Denial| {
            self.channel.denied(&proof.operation, &denial);
            stop(Fault::Denied(denial))
        };
        let prepared = self.channel.own(&proof.operation, held).map_err(denied)?;
        self.spend().map_err(denied)?;
        let still = || self.still();
        let terms = Terms { deadline: self.channel.deadline, still: &still, rated: true };
        let received = self.channel.send(&prepared, &terms).await.map_err(stop)?;
        // What is no answer about this credential (an ill backend, or one that asks to slow down, which AWS does with
        // 400) proves nothing either way: the next use asks again.
        if !matches!(received.status, 200..=299 | 401 | 403) {
            self.saw(&of.entries, Trouble::Status(received.status));
            return Err(Stop::Call(bailiwick_boundary::CallError::Unreachable));
        }
        Ok(self.is_granted(proof, &prepared, received))
    }

    fn is_granted(&self, proof: &Proof, prepared: &Prepared, received: Received) -> bool {
        let Ok((operation, _)) = self.channel.find(prepared) else { return false };
        let success = (200..300).contains(&received.status);
        let Ok(body) = reply::plain(&operation.reply, received.body) else { return false };
        let Ok(json) = Json::parse(&body) else { return false };
        let account = json.pointer(&proof.at).and_then(|node| node.text());
        success && account.is_some_and(|own| is_account(&self.channel.program, &proof.account, &own))
    }
}

/// Whether every target that fills the account slot fills it with `account`, and one does.
pub(super) fn is_account(program: &Program, slot: &str, account: &str) -> bool {
    let mut granted = program.targets.values().filter_map(|target| target.account.get(slot)).peekable();
    granted.peek().is_some() && granted.all(|own| own == account)
}

fn foreign(proof: &Proof) -> Denial {
    Denial::new(
        Reason::AccountNotGranted,
        format!("targets[].account.{}", proof.account),
        "the credential could not be proven to be of the granted account: use one of that account",
    )
}
