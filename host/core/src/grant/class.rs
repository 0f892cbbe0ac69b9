//! Character classes of slots (B1). A class says what a slot may hold wherever it stands; how it is encoded there is
//! the business of `egress::render`.

use crate::catalogue::Class;

/// The most segments that a multi slot holds.
pub(crate) const MAX_SEGMENTS: usize = 32;

/// Whether `text` is in `class`. No class admits C0, DEL, the empty text, or `.` and `..`.
#[must_use]
pub(crate) fn fits(class: Class, text: &str) -> bool {
    let (longest, byte) = bounds(class);
    (1..=longest).contains(&text.len())
        && text.bytes().all(byte)
        && !matches!(text, "." | "..")
        && (class != Class::Arn || text.starts_with("arn:"))
}

/// The most bytes of a class, and which bytes they may be.
fn bounds(class: Class) -> (usize, fn(u8) -> bool) {
    match class {
        Class::Segment => (255, |b| b.is_ascii_alphanumeric() || b"_.@+=-".contains(&b)),
        Class::SecretName => (255, |b| b.is_ascii_alphanumeric() || b"_.@+=!-".contains(&b)),
        Class::Wide => (255, |b| (0x20..0x7f).contains(&b) && !b"/\\%?#".contains(&b)),
        Class::Digits => (20, |b| b.is_ascii_digit()),
        Class::Name => (128, |b| b.is_ascii_alphanumeric() || b"_.-".contains(&b)),
        Class::Arn => (2048, |b| b.is_ascii_graphic()),
        Class::Token => (8192, |b| b.is_ascii_graphic()),
        Class::Text => (4096, |b| b >= 0x20 && b != 0x7f),
    }
}

/// Whether a byte can stand in a text of `class`; between the segments of a multi slot stands `/`.
#[must_use]
pub(crate) fn holds(class: Class, multi: bool, byte: u8) -> bool {
    (multi && byte == b'/') || bounds(class).1(byte)
}

/// As [`fits`], for each segment of a multi slot.
#[must_use]
pub(crate) fn fits_slot(class: Class, multi: bool, text: &str) -> bool {
    if multi {
        text.split('/').count() <= MAX_SEGMENTS && text.split('/').all(|segment| fits(class, segment))
    } else {
        fits(class, text)
    }
}

/// Whether everything in `narrow` is in `wide` too; a proof by table, false where in doubt (G3).
#[must_use]
pub(crate) fn within(narrow: Class, wide: Class) -> bool {
    use Class::{Arn, Digits, Name, SecretName, Segment, Text, Token, Wide};
    narrow == wide
        || matches!(
            (narrow, wide),
            (Digits, Name | Segment | SecretName | Wide | Token | Text)
                | (Name, Segment | SecretName | Wide | Token | Text)
                | (Segment, SecretName | Wide | Token | Text)
                | (SecretName, Wide | Token | Text)
                | (Arn, Token | Text)
                | (Wide, Text)
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Class; 8] = [
        Class::Segment,
        Class::SecretName,
        Class::Wide,
        Class::Digits,
        Class::Name,
        Class::Arn,
        Class::Token,
        Class::Text,
    ];

    #[test]
    fn b1_allowed_in_each_class() {
        for (class, text) in [
            (Class::Segment, "team-a_1.x@y+z=") as (Class, &str),
            (Class::SecretName, "rds!cluster-1_x.y@z+a="),
            (Class::Wide, "a b;c[d]{e}"),
            (Class::Digits, "123456789012"),
            (Class::Name, "AWSCURRENT"),
            (Class::Arn, "arn:aws:iam::1:role/x"),
            (Class::Token, "eyJ/+=="),
            (Class::Text, "grüße an alle"),
        ] {
            assert!(fits(class, text), "{class:?} {text}");
        }
    }

    #[test]
    fn b1_denied_in_every_class() {
        for class in ALL {
            for text in ["", ".", "..", "a\0b", "a\nb", "a\r\nb", "\u{7f}", "\t"] {
                assert!(!fits(class, text), "{class:?} {text:?}");
            }
        }
    }

    #[test]
    fn b1_denied_outside_the_class() {
        for (class, text) in [
            (Class::Segment, "a/b"),
            (Class::Segment, "a b"),
            (Class::Segment, "a%2fb"),
            (Class::Segment, "a:b"),
            (Class::Segment, "ä"),
            (Class::Segment, "rds!x"),
            (Class::SecretName, "a:b"),
            (Class::SecretName, "a b"),
            (Class::SecretName, "a*"),
            (Class::Wide, "a/b"),
            (Class::Wide, "a\\b"),
            (Class::Wide, "a?b"),
            (Class::Wide, "a#b"),
            (Class::Wide, "a%b"),
            (Class::Digits, "12a"),
            (Class::Name, "a@b"),
            (Class::Arn, "aws:iam"),
            (Class::Token, "a b"),
        ] {
            assert!(!fits(class, text), "{class:?} {text}");
        }
        assert!(!fits(Class::Segment, &"a".repeat(256)));
        assert!(!fits_slot(Class::Segment, true, "a//b"));
        assert!(!fits_slot(Class::Segment, true, &"a/".repeat(32)));
    }

    #[test]
    fn g3_narrower_classes_hold_nothing_more() {
        let samples = [
            "a",
            "1",
            "a b",
            "a@b",
            "a!b",
            "arn:aws:x:y",
            "a/b",
            "x:y",
            "ä",
            &"1".repeat(200),
            &"a".repeat(300),
        ];
        for narrow in ALL {
            for wide in ALL.into_iter().filter(|wide| within(narrow, *wide)) {
                for text in samples.iter().filter(|text| fits(narrow, text)) {
                    assert!(fits(wide, text), "{narrow:?} {wide:?} {text}");
                }
            }
        }
    }
}
