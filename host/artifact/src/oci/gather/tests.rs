//! What junk can and cannot push out of sight.

use super::*;

const SUBJECT: &[u8] = b"subject";

fn bundle(text: &str) -> Evidence {
    Evidence::Bundle(text.into())
}

fn limits(bundles: usize) -> Limits {
    Limits { bundles, ..Limits::default() }
}

/// What a piece proves that is good.
pub(in crate::oci) fn proof(piece: &Evidence, good: bool) -> Vec<Proof> {
    if good { vec![Proof::itself(piece)] } else { Vec::new() }
}

fn good(piece: &Evidence, subject: &Digest) -> Vec<Proof> {
    let good = matches!(piece, Evidence::Bundle(bytes) if bytes.starts_with(b"good"));
    proof(piece, good && *subject == Digest::of(SUBJECT))
}

/// Blanks behind a piece change nothing of what it proves.
fn but_blanks(piece: &Evidence, subject: &Digest) -> Vec<Proof> {
    let Evidence::Bundle(bytes) = piece else { return Vec::new() };
    good(&Evidence::Bundle(bytes.trim_ascii_end().to_vec()), subject)
}

fn entry(text: &str, size: u64, kind: Option<&str>) -> Descriptor {
    let artifact_type = kind.map(str::to_owned);
    Descriptor { size, artifact_type, ..Descriptor::of(manifest::MANIFEST_TYPE, text.as_bytes()) }
}

fn piece(text: &str, size: u64, nth: usize) -> Piece {
    Piece { layer: entry(text, size, None), nth, signature: None }
}

#[test]
fn i8_junk_takes_no_place_of_what_is_worth_keeping() {
    let (subject, limits) = (Digest::of(SUBJECT), limits(2));
    let mut gather = Gather::new(&subject, &limits, &good, Duration::MAX);
    for text in ["a", "b", "c", "good 1", "good 1", "good 2"] {
        assert!(!gather.full());
        gather.add(bundle(text));
    }
    assert!(gather.full() && gather.any());
    assert_eq!(gather.done(), (["good 1", "good 2", "a", "b"].map(bundle).to_vec(), true));
}

#[test]
fn i8_copies_of_one_signature_take_no_place_of_another() {
    let (subject, limits) = (Digest::of(SUBJECT), limits(2));
    let mut gather = Gather::new(&subject, &limits, &but_blanks, Duration::MAX);
    for text in ["good 1", "good 1 ", "good 1  ", "good 2"] {
        assert!(!gather.full());
        gather.add(bundle(text));
    }
    assert_eq!(gather.done(), (["good 1", "good 2"].map(bundle).to_vec(), false));
}

#[test]
fn denied_more_than_may_be_kept_and_nothing_is_said_of_what_fits() {
    let (subject, limits) = (Digest::of(SUBJECT), limits(2));
    let mut gather = Gather::new(&subject, &limits, &good, Duration::MAX);
    gather.add(bundle("a"));
    gather.add(bundle("b"));
    assert!(!gather.any() && !gather.full() && !gather.capped);
    for text in ["good 1", "good 2", "good 3"] {
        gather.add(bundle(text));
    }
    assert_eq!(gather.done(), (["good 1", "good 2", "a", "b"].map(bundle).to_vec(), true));
}

#[test]
fn candidates_are_distinct_and_no_more_than_256() {
    let list = vec![
        entry("sbom", 1, Some("application/spdx+json")),
        entry("none", 1, None),
        entry("large", 9, Some(BUNDLE_TYPE)),
        entry("small", 3, Some(BUNDLE_TYPE)),
        entry("small", 3, Some(BUNDLE_TYPE)),
    ];
    let (found, more) = candidates(list);
    let wanted = ["small", "large", "none", "sbom"].map(|text| Digest::of(text.as_bytes()));
    assert_eq!((found.iter().map(|entry| entry.digest).collect::<Vec<_>>(), more), (wanted.to_vec(), false));
    let flood = |count: u64| (0..count).map(|n| entry(&n.to_string(), n, None)).collect();
    let (found, more) = candidates(flood(257));
    assert_eq!((found.len(), more), (256, true));
    assert!(!candidates(flood(256)).1);
}

#[test]
fn i8_a_flood_of_one_size_hides_no_other_and_one_of_every_size_does() {
    let real = || entry("real", 900, Some(BUNDLE_TYPE));
    let shown = |of: &dyn Fn(u64) -> u64, count: u64| {
        let flood = (0..count).map(|n| entry(&n.to_string(), of(n), Some(BUNDLE_TYPE)));
        candidates(flood.chain([real()]).collect()).0.iter().any(|entry| entry.digest == real().digest)
    };
    for size in [0, 400, 600, 899, 901, 5000, ORDINARY] {
        assert!(shown(&|_| size, 100_000), "{size}");
    }
    assert!(!shown(&|n| 1 + n % 2000, 100_000));
}

#[test]
fn large_pieces_come_last_and_one_manifest_does_not_crowd_out_another() {
    let all = vec![
        piece("large", ORDINARY + 1, 0),
        piece("second", 1, 1),
        piece("ordinary", ORDINARY, 0),
        piece("first", 5, 0),
        piece("first", 5, 0),
        piece("over", (1 << 20) + 1, 0),
    ];
    let (found, more) = pieces(all, &Limits::default());
    let wanted = ["first", "ordinary", "second", "large"].map(|text| Digest::of(text.as_bytes()));
    assert_eq!(
        (found.iter().map(|piece| piece.layer.digest).collect::<Vec<_>>(), more),
        (wanted.to_vec(), false)
    );
}

#[test]
fn denied_pieces_of_more_than_16_mib() {
    let all = |count: usize| (0..count).map(|n| piece(&n.to_string(), 1 << 20, 0)).collect();
    let (found, more) = pieces(all(17), &Limits::default());
    assert_eq!((found.len(), more), (16, true));
    assert!(!pieces(all(16), &Limits::default()).1);
}

#[test]
fn the_time_is_counted_in_quarters() {
    let (subject, limits) = (Digest::of(SUBJECT), limits(2));
    let gather = Gather::new(&subject, &limits, &good, Duration::ZERO);
    assert!(gather.left(4).is_zero());
    let gather = Gather::new(&subject, &limits, &good, Duration::from_secs(400));
    assert!(gather.left(1) <= Duration::from_secs(100) && gather.left(3) > Duration::from_secs(200));
}
