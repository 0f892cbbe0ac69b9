//! The YAML parser's errors in our words: its own may hold characters of the file. Pure.

use granit_parser::ErrorKind as E;

use super::fault::Fault;

/// What the parser found, said for people.
pub(super) fn fault(kind: &E) -> Fault {
    match kind {
        E::RecursionLimitExceeded => Fault::TooDeep,
        _ => Fault::Syntax(words(kind)),
    }
}

fn words(kind: &E) -> &'static str {
    match kind {
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabAtBlockScalarStart
        | E::TabInPlainScalar => "a tab stands where only spaces may: indent with spaces",
        E::InvalidIndentation
        | E::InvalidBlockScalarIndent
        | E::InvalidFlowScalarIndent
        | E::InvalidQuotedScalarIndent
        | E::ExpectedBlockMappingKey
        | E::ExpectedBlockSequenceEntry
        | E::BlockSequenceEntryNotAllowed
        | E::MappingValueNotAllowed
        | E::MappingKeyNotAllowed
        | E::SimpleKeyExpected
        | E::InvalidSimpleKey => "the indentation, or a missing ':' or '-', breaks the structure here",
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => "a quote is opened and not closed",
        E::UnknownQuotedScalarEscape
        | E::InvalidQuotedScalarHexEscape
        | E::InvalidUnicodeEscape
        | E::InvalidLowSurrogateHexEscape
        | E::InvalidLowSurrogate
        | E::MissingLowSurrogate
        | E::UnpairedLowSurrogate => {
            "an escape in a double-quoted text is not valid: double the backslash, or use single quotes"
        }
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => {
            "something follows a closing quote: quote the whole text"
        }
        E::UnexpectedEofFlowSequence
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping
        | E::UnclosedFlowCollection { .. } => "a bracket or brace is opened and not closed",
        E::MisplacedFlowCollectionEnd | E::MismatchedFlowCollectionEnd { .. } => {
            "a bracket or brace is closed that was not opened"
        }
        E::ExpectedFlowMappingSeparator | E::ExpectedFlowSequenceSeparator => {
            "a comma is missing between brackets or braces"
        }
        E::UnknownAnchor => "an alias names an anchor that does not stand before it",
        E::DirectiveDisallowed => "directives (%) are not served: remove it",
        E::CommentNotSeparated | E::CommentInterceptedScalar => {
            "a '#' stands inside of a text: put the text in quotes"
        }
        E::UnexpectedCharacter { .. } => {
            "a text begins with a character that YAML keeps for itself: put it in quotes"
        }
        E::BomInsideDocument => "a byte order mark stands inside of the file: remove it",
        _ => "the structure breaks here",
    }
}
