//! XML read as if it were JSON: an element is a member of the element around it, by its local name; several of one
//! name are an array; an element without elements in it is its text. Attributes, comments and text between
//! elements are dropped. A DTD is refused, so that nothing is expanded or fetched.
//!
//! The parser compares each attribute of a tag with all others and knows no deadline, so tags are counted before it
//! sees them: what it is given takes time in proportion to its length.

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};
use zeroize::Zeroizing;

use super::Malformed;

/// Bytes of a document. What answers in XML here answers shortly.
const MAX_BYTES: usize = 64 << 10;
/// Elements within each other.
const MAX_DEPTH: usize = 32;
/// Nodes of a document.
const MAX_NODES: u32 = 1 << 13;
/// Attributes of one tag, namespaces among them.
const MAX_ATTRIBUTES: usize = 32;
/// What a byte of XML text can grow to in JSON (`\u0000`).
const GROWTH: usize = 6;

/// The document as JSON text, in memory that is zeroed.
pub(super) fn to_json(body: &[u8]) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    if body.len() > MAX_BYTES || !is_light(body) {
        return Err(Malformed);
    }
    let text = std::str::from_utf8(body).map_err(|_| Malformed)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|_| Malformed)?;
    // Reserved whole: a vector that grows leaves copies behind.
    let mut out = Zeroizing::new(Vec::with_capacity(body.len().saturating_mul(GROWTH)));
    members(document.root(), MAX_DEPTH, &mut out)?;
    Ok(out)
}

/// Whether every tag has few attributes, and tags are not within each other too deep. Between `<` and the next `<`
/// each `=` counts as an attribute: that is never too few, whatever the quotes hold.
fn is_light(body: &[u8]) -> bool {
    let mut depth: usize = 0;
    body.split(|byte| *byte == b'<').skip(1).all(|tag| {
        let head = tag.split(|byte| *byte == b'>').next().unwrap_or_default();
        depth = match (tag.first(), head.last()) {
            (Some(b'/'), _) => depth.saturating_sub(1),
            (Some(b'?' | b'!'), _) | (_, Some(b'/')) => depth,
            _ => depth + 1,
        };
        depth <= MAX_DEPTH && tag.iter().filter(|byte| **byte == b'=').count() <= MAX_ATTRIBUTES
    })
}

fn members(node: Node<'_, '_>, depth: usize, out: &mut Vec<u8>) -> Result<(), Malformed> {
    let depth = depth.checked_sub(1).ok_or(Malformed)?;
    let mut by_name: BTreeMap<&str, Vec<Node<'_, '_>>> = BTreeMap::new();
    for element in node.children().filter(Node::is_element) {
        by_name.entry(element.tag_name().name()).or_default().push(element);
    }
    out.push(b'{');
    for (index, (name, elements)) in by_name.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        quoted(name, out)?;
        out.push(b':');
        match elements.as_slice() {
            [one] => value(*one, depth, out)?,
            many => array(many, depth, out)?,
        }
    }
    out.push(b'}');
    Ok(())
}

fn array(nodes: &[Node<'_, '_>], depth: usize, out: &mut Vec<u8>) -> Result<(), Malformed> {
    out.push(b'[');
    for (index, node) in nodes.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        value(*node, depth, out)?;
    }
    out.push(b']');
    Ok(())
}

fn value(node: Node<'_, '_>, depth: usize, out: &mut Vec<u8>) -> Result<(), Malformed> {
    if node.children().any(|child| child.is_element()) {
        return members(node, depth, out);
    }
    let parts: Vec<&str> = node.children().filter(Node::is_text).filter_map(|part| part.text()).collect();
    match parts.as_slice() {
        [one] => quoted(one, out),
        many => quoted(&Zeroizing::new(many.concat()), out),
    }
}

fn quoted(text: &str, out: &mut Vec<u8>) -> Result<(), Malformed> {
    serde_json::to_writer(out, text).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(xml: &str) -> Option<String> {
        to_json(xml.as_bytes()).ok().map(|out| String::from_utf8_lossy(&out).into_owned())
    }

    #[test]
    fn elements_are_members_and_text_is_text() {
        let sts = "<?xml version=\"1.0\"?><R xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><C>\n\
                   <Key a=\"1\">a&amp;b\"</Key><T/></C><C><T>x</T></C></R>";
        assert_eq!(json(sts).unwrap(), r#"{"R":{"C":[{"Key":"a&b\"","T":""},{"T":"x"}]}}"#);
        assert_eq!(json("<a><![CDATA[<b>]]></a>").unwrap(), r#"{"a":"<b>"}"#);
    }

    /// A tag of that many attributes.
    fn attributes(count: usize) -> String {
        let all: String = (0..count).map(|n| format!(" a{n}='x'")).collect();
        format!("<a{all}>x</a>")
    }

    #[test]
    fn i8_allowed_as_many_attributes_and_bytes_as_there_may_be() {
        assert_eq!(json(&attributes(MAX_ATTRIBUTES)).unwrap(), r#"{"a":"x"}"#);
        let long = format!("<a>{}</a>", "x".repeat(MAX_BYTES - 7));
        assert!(json(&long).is_some());
        assert!(json(&format!("{}x{}", "<a>".repeat(31), "</a>".repeat(31))).is_some());
    }

    #[test]
    fn i8_denied_what_would_keep_the_parser_busy() {
        assert!(json(&attributes(MAX_ATTRIBUTES + 1)).is_none());
        assert!(json(&attributes(5_000)).is_none());
        let spaced: String = (0..100).map(|n| format!("\na{n}\t=\n\"<\"")).collect();
        assert!(
            json(&format!("<a{spaced}/>")).is_none(),
            "`<` in a quote is no XML, and no way around either"
        );
        let quoted: String = (0..100).map(|n| format!(" a{n}='>'")).collect();
        assert!(json(&format!("<a{quoted}/>")).is_none(), "`>` in a quote ends no tag");
        assert!(json(&format!("<a>{}</a>", "x".repeat(MAX_BYTES))).is_none());
        assert!(json(&format!("<a>{}</a>", "<b/>".repeat(9_000))).is_none(), "too many nodes");
        assert!(json(&"<a>".repeat(20_000)).is_none());
    }

    #[test]
    fn i8_denied_dtds_depth_and_what_is_not_xml() {
        assert!(json("<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>").is_none());
        assert!(json("<!DOCTYPE a SYSTEM \"http://127.0.0.1/x\"><a/>").is_none());
        assert!(json(&format!("{}x{}", "<a>".repeat(33), "</a>".repeat(33))).is_none());
        assert!(json("<a>").is_none());
        assert!(json("{}").is_none());
        assert!(to_json(b"<a>\xff</a>").is_err());
    }
}
