//! A file that is read and never written: what redb writes while it opens and checks stays in memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use redb::{Database, StorageBackend};

use crate::database::builder;
use crate::open::{OpenError, recognise};

/// Writes are kept in pieces of this many bytes.
const PIECE: u64 = 4096;

/// Opens what is in the file at `path`, leaving every byte of it as it is.
pub(crate) fn open_untouched(path: &Path) -> Result<Database, OpenError> {
    recognise(path)?;
    let overlay = Overlay::over(path).map_err(|error| OpenError::of_io(&error, path))?;
    builder().create_with_backend(overlay).map_err(|error| OpenError::of_database(error, path))
}

#[derive(Debug)]
struct Overlay {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    file_len: u64,
    len: u64,
    pieces: BTreeMap<u64, Vec<u8>>,
}

impl Overlay {
    fn over(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        Ok(Self { state: Mutex::new(State { file, file_len: len, len, pieces: BTreeMap::new() }) })
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    /// Returns the piece that begins at `start`, with what is in the file where nothing was written.
    fn piece(&mut self, start: u64) -> io::Result<Vec<u8>> {
        if let Some(piece) = self.pieces.get(&start) {
            return Ok(piece.clone());
        }
        let mut piece = Vec::new();
        if start < self.file_len {
            self.file.seek(SeekFrom::Start(start))?;
            let rest = (self.file_len - start).min(PIECE);
            Read::by_ref(&mut self.file).take(rest).read_to_end(&mut piece)?;
        }
        piece.resize(usize::try_from(PIECE).map_err(io::Error::other)?, 0);
        Ok(piece)
    }

    /// Shows `visit` each piece a span touches, with the span's part in it and the part's offset in the span.
    fn each_piece(
        &mut self,
        offset: u64,
        len: usize,
        mut visit: impl FnMut(&mut Self, u64, std::ops::Range<usize>, usize) -> io::Result<()>,
    ) -> io::Result<()> {
        let end = offset.checked_add(len as u64).filter(|end| *end <= self.len);
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut at = offset;
        while at < end {
            let start = at - at % PIECE;
            let until = end.min(start + PIECE);
            let index = |position: u64| usize::try_from(position).map_err(io::Error::other);
            visit(self, start, index(at - start)?..index(until - start)?, index(at - offset)?)?;
            at = until;
        }
        Ok(())
    }
}

impl StorageBackend for Overlay {
    fn len(&self) -> io::Result<u64> {
        self.with(|state| Ok(state.len))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.with(|state| {
            state.each_piece(offset, out.len(), |state, start, part, to| {
                let piece = state.piece(start)?;
                out[to..to + part.len()].copy_from_slice(&piece[part]);
                Ok(())
            })
        })
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.with(|state| {
            // What is cut off must read as zeros should the length grow again.
            state.pieces.retain(|start, _| *start < len);
            if !len.is_multiple_of(PIECE) && len < state.len {
                let start = len - len % PIECE;
                let mut piece = state.piece(start)?;
                piece[usize::try_from(len % PIECE).map_err(io::Error::other)?..].fill(0);
                state.pieces.insert(start, piece);
            }
            state.file_len = state.file_len.min(len);
            state.len = len;
            Ok(())
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.with(|state| {
            state.each_piece(offset, data.len(), |state, start, part, from| {
                let mut piece = state.piece(start)?;
                let count = part.len();
                piece[part].copy_from_slice(&data[from..from + count]);
                state.pieces.insert(start, piece);
                Ok(())
            })
        })
    }
}
