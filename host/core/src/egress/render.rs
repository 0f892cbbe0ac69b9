//! Writes path segments and query values: percent-encoding in upper case, only where needed (egress 2.2). The caller
//! has checked the characters; nothing here decides what may be sent.

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Appends a path segment.
pub(crate) fn segment(out: &mut String, text: &str) {
    encode(out, text, |b| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,=:@".contains(&b));
}

/// Appends a query value: also `&`, `=` and `+` are encoded, since they mean something there.
pub(crate) fn query(out: &mut String, text: &str) {
    encode(out, text, |b| b.is_ascii_alphanumeric() || b"-._~!$()*,:@/".contains(&b));
}

fn encode(out: &mut String, text: &str, plain: fn(u8) -> bool) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| !plain(b)) {
        // All bytes before `at` are plain ASCII, so both ends are character boundaries or start one.
        let (clean, dirty) = rest.split_at(at);
        out.push_str(clean);
        let mut chars = dirty.chars();
        let Some(first) = chars.next() else { break };
        let mut buffer = [0; 4];
        for byte in first.encode_utf8(&mut buffer).bytes() {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                out.push(HEX.get(usize::from(nibble)).copied().map_or('0', char::from));
            }
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    #[test]
    fn encodes_only_what_needs_it_in_upper_case() {
        let mut path = String::new();
        super::segment(&mut path, "a b;c[d]=e+f:g@h<i>\"j\"^`{k}|l");
        assert_eq!(path, "a%20b%3Bc%5Bd%5D=e+f:g@h%3Ci%3E%22j%22%5E%60%7Bk%7D%7Cl");
        let mut query = String::new();
        super::query(&mut query, "a/b=c&d+e 'f'#?");
        assert_eq!(query, "a/b%3Dc%26d%2Be%20%27f%27%23%3F");
    }
}
