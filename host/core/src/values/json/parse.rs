//! The one pass that makes a tape. Recursion is bounded by `MAX_DEPTH`; every read is checked. Text is looked at
//! eight bytes at a time, since replies are parsed on the way of each fetch.

use super::{Cell, Kind, MAX_DEPTH, MAX_NODES, Node, text};

/// Why a text is not JSON that we take, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not usable JSON at byte {at}: {fault}")]
pub struct JsonError {
    /// Byte offset.
    pub at: usize,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not UTF-8.
    #[error("it is not UTF-8")]
    Encoding,
    /// Something else than the grammar allows here.
    #[error("unexpected text")]
    Unexpected,
    /// The text ends too early.
    #[error("it ends too early")]
    Ended,
    /// A number that the grammar does not allow.
    #[error("a malformed number")]
    Number,
    /// An escape, a control character or a lone surrogate.
    #[error("a malformed string")]
    Text,
    /// A member name that the object has already (RFC 8259, section 4: unpredictable).
    #[error("a duplicate member name")]
    Duplicate,
    /// Nested too deep.
    #[error("nested too deep")]
    Depth,
    /// Too many nodes, or a text of 4 GiB.
    #[error("too large")]
    Size,
}

/// What is let pass beyond RFC 8259 read strictly.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    /// A member name comes again.
    repeats: bool,
    /// Control characters stand in texts.
    controls: bool,
}

impl Rules {
    pub(super) const STRICT: Self = Self { repeats: false, controls: false };
    pub(super) const REPEATS: Self = Self { repeats: true, controls: false };
    pub(super) const LENIENT: Self = Self { repeats: true, controls: true };
}

/// Checks the encoding.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, JsonError> {
    std::str::from_utf8(bytes).map_err(|e| JsonError { at: e.valid_up_to(), fault: Fault::Encoding })
}

/// Makes the tape of a whole text.
pub(super) fn tape(text: &str, rules: Rules) -> Result<Vec<Cell>, JsonError> {
    let cells = Vec::with_capacity(32);
    let mut parser = Parser { text, bytes: text.as_bytes(), at: 0, cells, rules };
    if u32::try_from(text.len()).is_err() {
        return parser.fail(Fault::Size);
    }
    parser.value(0)?;
    parser.space();
    if parser.peek().is_some() {
        return parser.fail(Fault::Unexpected);
    }
    Ok(parser.cells)
}

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    cells: Vec<Cell>,
    rules: Rules,
}

impl Parser<'_> {
    fn value(&mut self, depth: usize) -> Result<(), JsonError> {
        self.space();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", Kind::Boolean),
            Some(b'f') => self.literal("false", Kind::Boolean),
            Some(b'n') => self.literal("null", Kind::Null),
            Some(_) => self.fail(Fault::Unexpected),
            None => self.fail(Fault::Ended),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), JsonError> {
        let index = self.open(Kind::Object, depth)?;
        let mut names = 0;
        loop {
            self.space();
            match self.peek() {
                Some(b'}') if names == 0 => break,
                Some(b'"') => self.string()?,
                found => return self.unexpected(found),
            }
            names += 1;
            self.space();
            self.take(b':')?;
            self.value(depth + 1)?;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                found => return self.unexpected(found),
            }
        }
        self.close(index);
        self.unique(index, names)
    }

    fn array(&mut self, depth: usize) -> Result<(), JsonError> {
        let index = self.open(Kind::Array, depth)?;
        self.space();
        if self.peek() != Some(b']') {
            loop {
                self.value(depth + 1)?;
                self.space();
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b']') => break,
                    found => return self.unexpected(found),
                }
            }
        }
        self.close(index);
        Ok(())
    }

    fn string(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        let mut escaped = false;
        self.at += 1;
        loop {
            self.at += text::plain(self.bytes.get(self.at..).unwrap_or_default());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    let rest = self.bytes.get(self.at..).unwrap_or_default();
                    match text::escape(rest) {
                        Some((_, len)) => self.at += len,
                        None => return self.fail(Fault::Text),
                    }
                }
                Some(_) if self.rules.controls => self.at += 1,
                Some(_) => return self.fail(Fault::Text),
                None => return self.fail(Fault::Ended),
            }
        }
        self.at += 1;
        self.push(Kind::Text, start, escaped)
    }

    fn number(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        self.skip(|b| b == b'-', 1);
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.skip(|b| b == b'.', 1) == 1 {
            self.digits()?;
        }
        if self.skip(|b| matches!(b, b'e' | b'E'), 1) == 1 {
            self.skip(|b| matches!(b, b'+' | b'-'), 1);
            self.digits()?;
        }
        self.push(Kind::Number, start, false)
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        match self.skip(|b| b.is_ascii_digit(), usize::MAX) {
            0 => self.fail(Fault::Number),
            _ => Ok(()),
        }
    }

    fn literal(&mut self, word: &str, kind: Kind) -> Result<(), JsonError> {
        let start = self.at;
        if !self.bytes.get(start..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            return self.fail(Fault::Unexpected);
        }
        self.at += word.len();
        self.push(kind, start, false)
    }

    fn open(&mut self, kind: Kind, depth: usize) -> Result<usize, JsonError> {
        if depth == MAX_DEPTH {
            return self.fail(Fault::Depth);
        }
        let index = self.cells.len();
        self.at += 1;
        self.push(kind, self.at - 1, false)?;
        Ok(index)
    }

    fn close(&mut self, index: usize) {
        self.at += 1;
        let (end, after) = (self.at as u32, self.cells.len() as u32);
        if let Some(cell) = self.cells.get_mut(index) {
            (cell.end, cell.after) = (end, after);
        }
    }

    /// A leaf, or a container whose end is not known yet.
    fn push(&mut self, kind: Kind, start: usize, escaped: bool) -> Result<(), JsonError> {
        if self.cells.len() == MAX_NODES {
            return self.fail(Fault::Size);
        }
        // Lossless: `tape` has refused a longer text.
        let (start, end) = (start as u32, self.at as u32);
        self.cells.push(Cell { start, end, after: self.cells.len() as u32 + 1, kind, escaped });
        Ok(())
    }

    /// Refuses duplicate names: few are compared in place, many are sorted first.
    fn unique(&self, index: usize, names: usize) -> Result<(), JsonError> {
        let Some(cell) = self.cells.get(index).filter(|_| names > 1 && !self.rules.repeats) else {
            return Ok(());
        };
        let object = Node { text: self.text, cells: &self.cells, index, cell: *cell };
        let twice = if names <= FEW { twice_in_place(object) } else { twice_when_sorted(object) };
        match twice {
            true => Err(JsonError { at: cell.start as usize, fault: Fault::Duplicate }),
            false => Ok(()),
        }
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    fn skip(&mut self, fits: impl Fn(u8) -> bool, most: usize) -> usize {
        let start = self.at;
        while self.at - start < most && self.peek().is_some_and(&fits) {
            self.at += 1;
        }
        self.at - start
    }

    fn take(&mut self, byte: u8) -> Result<(), JsonError> {
        match self.peek() {
            Some(found) if found == byte => {
                self.at += 1;
                Ok(())
            }
            found => self.unexpected(found),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn unexpected<T>(&self, found: Option<u8>) -> Result<T, JsonError> {
        self.fail(if found.is_some() { Fault::Unexpected } else { Fault::Ended })
    }

    fn fail<T>(&self, fault: Fault) -> Result<T, JsonError> {
        Err(JsonError { at: self.at, fault })
    }
}

/// Up to how many names comparing each with each is quicker than sorting.
const FEW: usize = 8;

fn twice_in_place(object: Node<'_>) -> bool {
    let mut names = object.members();
    while let Some((name, _)) = names.next() {
        if names.clone().any(|(other, _)| name.same_text(other)) {
            return true;
        }
    }
    false
}

fn twice_when_sorted(object: Node<'_>) -> bool {
    let mut names: Vec<_> = object.members().filter_map(|(name, _)| name.text()).collect();
    names.sort_unstable();
    !names.is_sorted_by(|a, b| a < b)
}
