//! The inside of strings: where plain text ends, what one escape stands for, and text without escapes.

const ONES: u64 = 0x0101_0101_0101_0101;
const QUOTES: u64 = ONES * b'"' as u64;
const BACKSLASHES: u64 = ONES * b'\\' as u64;
const SPACES: u64 = ONES * b' ' as u64;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// How many bytes stand before the first quote, backslash or control character.
pub(super) fn plain(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = (zero(word ^ QUOTES) | zero(word ^ BACKSLASHES) | below_space(word)) & HIGHS;
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    words.len() * 8 + rest.iter().take_while(|b| **b >= 0x20 && !matches!(b, b'"' | b'\\')).count()
}

/// The character that the escape at the start of `bytes` stands for, and how long the escape is; a surrogate
/// pair is one escape, a lone surrogate none.
pub(super) fn escape(bytes: &[u8]) -> Option<(char, usize)> {
    let plain = match bytes.get(1)? {
        b'u' => return unicode(bytes),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        same @ (b'"' | b'\\' | b'/') => char::from(*same),
        _ => return None,
    };
    Some((plain, 2))
}

/// The text of a checked string. The buffer never grows, so that no unzeroed copy is left behind.
pub(super) fn unescape(inner: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner.as_bytes();
    while let Some(at) = rest.iter().position(|b| *b == b'\\') {
        let (plain, escaped) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((char, len)) = escape(escaped) else { return out };
        out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
        rest = escaped.get(len..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

fn unicode(bytes: &[u8]) -> Option<(char, usize)> {
    let high = hex(bytes.get(2..6)?)?;
    if !(0xd800..0xdc00).contains(&high) {
        return char::from_u32(high).map(|c| (c, 6));
    }
    let low = match bytes.get(6..12)? {
        [b'\\', b'u', digits @ ..] => hex(digits)?,
        _ => return None,
    };
    if !(0xdc00..0xe000).contains(&low) {
        return None;
    }
    char::from_u32(0x10000 + ((high - 0xd800) << 10 | (low - 0xdc00))).map(|c| (c, 12))
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| Some(sum << 4 | char::from(*digit).to_digit(16)?))
}

/// The high bit of each byte that is zero. A borrow may set it in a later byte too; only the first one counts.
fn zero(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word
}

fn below_space(word: u64) -> u64 {
    word.wrapping_sub(SPACES) & !word
}
