//! What junk can and cannot push out of sight.

use super::*;

const SUBJECT: &[u8] = b"subject";

fn bundle(text: &str) -> Evidence {
    Evidence::Bundle(text.into())
}

fn limits(bundles: usize) -> Limits {
    Limits { bundles, ..Limits::default() }
}

fn good(piece: &Evidence, subject: &Digest) -> bool {
    *subject == Digest::of(SUBJECT) && matches!(piece, Evidence::Bundle(bytes) if bytes.starts_with(b"good"))
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
fn candidates_are_distinct_small_ones_first_and_no_more_than_256() {
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
    assert_eq!((found.len(), found.last().unwrap().size, more), (256, 255, true));
    assert!(!candidates(flood(256)).1);
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
