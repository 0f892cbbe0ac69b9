//! The policies in force, and the verdicts over what is loaded. A change of policies or trust roots judges everything
//! loaded again, without network; before each instantiation the verdict must be of the policies of that moment (I9). What
//! a verdict is, and whether what runs may go on, is core's decision.

mod verdict;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use bailiwick_api::{meta::Object, provider::ProviderSpec, trust_policy::TrustPolicySpec};
use bailiwick_artifact::{Artifact, evidence::Verifier};
use bailiwick_core::{
    program::Stamp,
    trust::{
        Admission, Asked, Candidate, Mark, Policy, PolicySet, Reason, Reference, Refusal, Signed, Tightening,
        anchors, judge, judge_whatever_age,
    },
};

pub use self::verdict::{Earlier, Verdict};
use crate::modules::on_all_cores;

/// PEM certificates and trust roots by `configmap/key`.
pub type Roots = BTreeMap<String, String>;

/// The policies of one moment.
pub struct InForce {
    objects: Vec<Object<TrustPolicySpec>>,
    unreadable: BTreeSet<String>,
    /// The ConfigMaps that trust roots are in.
    pub roots: Arc<Roots>,
    /// Compiled.
    pub set: PolicySet,
    /// See [`Self::under`].
    former: Mutex<Vec<Arc<InForce>>>,
}

/// Something that is loaded, as far as judging it again needs it.
pub struct Loaded {
    /// The artifact.
    pub artifact: Artifact,
    /// The Provider's name.
    pub provider: String,
    /// What policies match.
    pub reference: Reference,
    /// What the Provider asks for beyond them.
    pub tightening: Tightening,
    /// Its one older digest.
    pub rollback_to: Option<String>,
    /// The highest version that ran.
    pub mark: Mark,
}

/// The verdicts over everything that is loaded.
#[derive(Default)]
pub struct Admissions {
    loaded: BTreeMap<String, Loaded>,
    now: RwLock<Verdicts>,
}

#[derive(Default)]
struct Verdicts {
    generation: String,
    /// There is no policy at all, so that what nobody signed may run.
    none: bool,
    by_provider: BTreeMap<String, Verdict>,
}

impl InForce {
    /// Compiles policies. `unreadable` says of what is there and could not be read where it stands.
    #[must_use]
    pub fn new(
        objects: Vec<Object<TrustPolicySpec>>,
        unreadable: BTreeSet<String>,
        roots: Arc<Roots>,
    ) -> Self {
        let set = PolicySet::new(&objects, &roots, &unreadable);
        Self { objects, unreadable, roots, set, former: Mutex::default() }
    }

    /// What is wrong with policies that do not compile, each with its field and remedy. What cannot be read at all is said by
    /// whoever read it.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let read = self.set.faults().filter(|(name, _)| !self.unreadable.contains(*name));
        read.flat_map(|(name, faults)| {
            faults.iter().map(move |fault| format!("TrustPolicy {name}: spec.{fault}"))
        })
        .collect()
    }

    /// The same policies under the roots of an earlier admission, compiled once for all modules of that time; none where
    /// the roots are the same.
    fn under(&self, roots: &Arc<Roots>) -> Option<Arc<Self>> {
        if self.roots == *roots {
            return None;
        }
        let mut former = self.former.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = former.iter().find(|known| Arc::ptr_eq(&known.roots, roots)) {
            return Some(Arc::clone(known));
        }
        let made = Self::new(self.objects.clone(), self.unreadable.clone(), Arc::clone(roots));
        former.push(Arc::new(made));
        former.last().cloned()
    }
}

impl Loaded {
    /// The verdict over it alone, as if it had never run.
    ///
    /// # Errors
    /// The refusal.
    pub fn judge(&self, policies: &PolicySet, now: i64) -> Result<Admission, Refusal> {
        self.judge_by(&policies.matching(&self.reference)?, now)
    }

    fn judge_by(&self, policies: &[&Policy], now: i64) -> Result<Admission, Refusal> {
        judge(policies, &self.candidate(policies), &self.asked(), &self.mark, now)
    }

    /// The verdict where age does not count: what is kept for a while is admitted so.
    fn judge_kept(&self, policies: &[&Policy], now: i64) -> Result<Admission, Refusal> {
        judge_whatever_age(policies, &self.candidate(policies), &self.asked(), &self.mark, now)
    }

    fn candidate(&self, policies: &[&Policy]) -> Candidate {
        self.artifact.candidate(&Verifier::new(&anchors(policies.iter().copied())))
    }

    fn asked(&self) -> Asked<'_> {
        let rollback_to = self.rollback_to.as_deref();
        Asked { provider: &self.provider, tightening: &self.tightening, rollback_to }
    }
}

impl Admissions {
    /// Of what was loaded, each with its verdict under the policies of that moment.
    #[must_use]
    pub fn new(in_force: &InForce, loaded: impl IntoIterator<Item = (Loaded, Verdict)>) -> Self {
        let mut admissions = Self::default();
        let (generation, none) = (in_force.set.generation().to_owned(), in_force.set.is_empty());
        let mut verdicts = Verdicts { generation, none, ..Verdicts::default() };
        for (one, verdict) in loaded {
            verdicts.by_provider.insert(one.provider.clone(), verdict);
            admissions.loaded.insert(one.provider.clone(), one);
        }
        admissions.now = RwLock::new(verdicts);
        admissions
    }

    /// The verdict over a Provider's module at this second: of the policies in force, and not run out.
    ///
    /// # Errors
    /// The refusal.
    pub fn current(&self, provider: &str, now: i64) -> Result<Arc<Admission>, Refusal> {
        let unknown = || Refusal::new(Reason::NoPolicy, "no verdict is known for this module");
        let verdicts = self.now.read().map_err(|_| unknown())?;
        verdicts.by_provider.get(provider).ok_or_else(unknown)?.at(now)
    }

    /// A Provider's module as grants are about it, at this second (G4).
    ///
    /// # Errors
    /// The refusal.
    pub fn signed(&self, provider: &str, now: i64) -> Result<Signed, Refusal> {
        let admission = self.current(provider, now)?;
        let loaded = self.loaded.get(provider);
        let unknown = || Refusal::new(Reason::NoPolicy, "no verdict is known for this module");
        loaded.map(|loaded| Signed::new(loaded.artifact.unjudged(), &admission)).ok_or_else(unknown)
    }

    /// The verdict as it stands, for what is said of the Provider.
    #[must_use]
    pub fn verdict(&self, provider: &str) -> Option<Verdict> {
        self.now.read().ok()?.by_provider.get(provider).cloned()
    }

    /// Whether a run that was stamped so may go on (G11): the same policies admit it, and still do.
    #[must_use]
    pub fn hold(&self, stamp: &Stamp, now: i64) -> bool {
        let unsigned = stamp.manifest.is_none();
        if unsigned {
            return self.unsigned();
        }
        self.current(&stamp.provider.name, now).is_ok_and(|admission| admission.policies == stamp.policies)
    }

    /// Whether what nobody signed may run: only where there is no policy at all, and that is known.
    #[must_use]
    pub fn unsigned(&self) -> bool {
        self.now.read().is_ok_and(|verdicts| verdicts.none)
    }

    /// Judges everything again where the policies are others than before; true where they were.
    pub fn rejudge(&self, in_force: &InForce, now: i64) -> bool {
        let same = |verdicts: &Verdicts| verdicts.generation == in_force.set.generation();
        if self.now.read().is_ok_and(|verdicts| same(&verdicts)) {
            return false;
        }
        let before = self.now.read().map(|verdicts| verdicts.by_provider.clone()).unwrap_or_default();
        let known = self.loaded.iter().filter_map(|(name, loaded)| Some((name, loaded, before.get(name)?)));
        let judged = on_all_cores(known.collect(), |(name, loaded, before)| {
            (name.clone(), before.again(loaded, in_force, now))
        });
        let by_provider = judged.into_iter().collect();
        let generation = in_force.set.generation().to_owned();
        *self.now.write().unwrap_or_else(PoisonError::into_inner) =
            Verdicts { generation, none: in_force.set.is_empty(), by_provider };
        true
    }

    /// The policies cannot be read: nothing is admitted until they can.
    pub fn close(&self) {
        let mut verdicts = self.now.write().unwrap_or_else(PoisonError::into_inner);
        let refusal = Refusal::new(Reason::PolicyInvalid, "the policy folder cannot be read");
        verdicts.generation.clear();
        verdicts.none = false;
        verdicts.by_provider.values_mut().for_each(|verdict| verdict.close(&refusal));
    }

    /// Names of the Providers with a verdict.
    pub fn providers(&self) -> impl Iterator<Item = &str> {
        self.loaded.keys().map(String::as_str)
    }
}

/// What a Provider asks for beyond the policies.
///
/// # Errors
/// All that is wrong with it, as one text.
pub fn tightening(spec: &ProviderSpec) -> Result<Tightening, String> {
    Tightening::compile(spec.trust.as_ref())
        .map_err(|faults| faults.iter().map(|fault| format!("spec.{fault}")).collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests;
