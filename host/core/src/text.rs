//! Text of others on its way to people: a terminal, a status, a log. What would move a cursor, end a line or turn the
//! direction of writing is written out as an escape, so that nothing can draw a row that we did not write. Nothing
//! here says which texts may be shown at all.

use std::{borrow::Cow, fmt::Write};

/// The text with each character that is not plain written as `\u` and four hex digits, which is what JSON and YAML
/// read in double quotes too.
#[must_use]
pub fn escaped(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        if is_plain(char) {
            out.push(char);
        } else {
            // Writing to a String does not fail.
            let _ = write!(out, "\\u{:04x}", u32::from(char));
        }
    }
    Cow::Owned(out)
}

/// Neither a control character, nor one of direction or of line ends, nor a byte order mark, nor no character at
/// all. Every one that is not is below U+10000.
fn is_plain(char: char) -> bool {
    let special = matches!(
        char,
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
    );
    !char.is_control() && !special
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn plain_text_stays() {
        for text in ["", "secret synced", "ä € 🦀", "a\\b \"c\""] {
            assert_eq!(escaped(text), text);
        }
    }

    #[test]
    fn denied_what_would_draw_or_turn() {
        for (text, shown) in [
            ("a\nb", "a\\u000ab"),
            ("\u{1b}[2K", "\\u001b[2K"),
            ("\u{7f}\u{9b}2K", "\\u007f\\u009b2K"),
            ("\u{202e}x\u{2028}", "\\u202ex\\u2028"),
            ("\u{fffe}", "\\ufffe"),
        ] {
            assert_eq!(escaped(text), shown);
        }
    }
}
