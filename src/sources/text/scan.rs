//! Where a JSON value ends, without reading what it says.

/// Follows the structure of one JSON value.
#[derive(Debug, Default)]
pub struct Scan {
    depth: usize,
    in_string: bool,
    escaped: bool,
    started: bool,
}

impl Scan {
    /// Goes on through `bytes`: how many of them belong to the value, and whether it has ended.
    pub fn advance(&mut self, bytes: &[u8]) -> (usize, bool) {
        for (at, byte) in bytes.iter().enumerate() {
            if self.ends_before(*byte) {
                return (at, true);
            }
            if self.ends_with(*byte) {
                return (at + 1, true);
            }
        }
        (bytes.len(), false)
    }

    /// Whether the value may be over where the text ends.
    pub fn may_end(&self) -> bool {
        self.depth == 0 && !self.in_string
    }

    /// Whether a value without brackets ends here.
    fn ends_before(&self, byte: u8) -> bool {
        let outside = self.started && self.depth == 0 && !self.in_string;
        let ends = byte.is_ascii_whitespace() || b",:]}[{".contains(&byte);
        outside && ends
    }

    fn ends_with(&mut self, byte: u8) -> bool {
        self.started = true;
        if self.in_string {
            let closes = byte == b'"' && !self.escaped;
            self.escaped = !self.escaped && byte == b'\\';
            self.in_string = !closes;
            return closes && self.depth == 0;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }
}
