//! Text of other encodings becomes UTF-8, as a stream.

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding};

/// Bytes of UTF-8 that are made at a time.
const DECODED_BYTES: usize = 16 << 10;

/// `inner` as UTF-8. Reading fails at the first bytes that are none of the encoding.
pub fn decoded<R: BufRead + Send>(inner: R, encoding: &'static Encoding) -> impl BufRead + Send {
    let decoder = encoding.new_decoder_with_bom_removal();
    Decoded { inner, encoding, decoder, text: Vec::new(), at: 0, taken: 0, ended: false }
}

struct Decoded<R> {
    inner: R,
    encoding: &'static Encoding,
    decoder: Decoder,
    text: Vec<u8>,
    at: usize,
    /// Bytes taken from `inner`.
    taken: u64,
    ended: bool,
}

impl<R: BufRead> Decoded<R> {
    fn decode(&mut self) -> io::Result<()> {
        let chunk = self.inner.fill_buf()?;
        let last = chunk.is_empty();
        self.text.resize(DECODED_BYTES, 0);
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(chunk, &mut self.text, last);
        self.text.truncate(written);
        self.at = 0;
        self.inner.consume(read);
        self.taken += read as u64;
        match result {
            DecoderResult::InputEmpty => self.ended = last,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                let (name, at) = (self.encoding.name(), self.taken);
                let message = format!("the bytes before byte {at} are not {name}");
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Decoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at == self.text.len() && !self.ended {
            self.decode()?;
        }
        Ok(&self.text[self.at..])
    }

    fn consume(&mut self, count: usize) {
        self.at = (self.at + count).min(self.text.len());
    }
}

/// Whether text of the encoding is UTF-8 already.
pub fn is_utf8(encoding: &'static Encoding) -> bool {
    encoding == encoding_rs::UTF_8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &'static [u8], encoding: &'static Encoding) -> io::Result<String> {
        let mut text = String::new();
        decoded(bytes, encoding).read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn declared_encodings_become_utf8() {
        assert_eq!(text(b"Beh\xE4lter \x80 5", encoding_rs::WINDOWS_1252).unwrap(), "Behälter € 5");
        assert_eq!(text(b"\xFF\xFEB\0\xE4\0", encoding_rs::UTF_16LE).unwrap(), "Bä");
        assert_eq!(text(b"\xFE\xFF\0B\0\xE4", encoding_rs::UTF_16BE).unwrap(), "Bä");
    }

    #[test]
    fn what_is_not_of_the_encoding_is_refused() {
        let error = text(b"A\0\0\xD8B\0", encoding_rs::UTF_16LE).unwrap_err().to_string();
        assert!(error.contains("not UTF-16LE"), "{error}");
    }
}
