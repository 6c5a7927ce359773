//! A disk in memory that loses, tears and reorders what was not synced, fails at a chosen operation, or is full.

use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, PoisonError};

use redb::{Builder, Database, DatabaseError, StorageBackend};

use super::Rng;
use crate::medium::Medium;

/// Disks write this many bytes as one.
const SECTOR: usize = 512;

/// When the disk fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Never.
    None,
    /// The power goes at the n-th operation from now; nothing works until the next boot.
    PowerCut(u64),
    /// The n-th operation from now fails, once.
    ErrorOnce(u64),
    /// As before, and what was not synced is forgotten, as kernels do when a sync fails.
    ErrorOnceAndForget(u64),
    /// There is no space beyond this many bytes.
    FullAbove(u64),
}

/// Whether the disk keeps what it says it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Honesty {
    /// It does.
    Honest,
    /// A sync answers and does nothing.
    Lying,
}

enum Op {
    Write { offset: usize, data: Vec<u8> },
    SetLen(usize),
}

struct State {
    /// What survives.
    durable: Vec<u8>,
    /// What the operating system shows.
    shown: Vec<u8>,
    /// What was done since the last sync.
    pending: Vec<Op>,
    operations: u64,
    fault: Fault,
    is_off: bool,
    honesty: Honesty,
    boot: u64,
}

/// A disk; its clones are the same disk.
#[derive(Clone)]
pub struct Disk(Arc<Mutex<State>>);

impl Disk {
    /// Returns a disk that holds `bytes`, safely.
    pub fn of(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new(State {
            durable: bytes.clone(),
            shown: bytes,
            pending: Vec::new(),
            operations: 0,
            fault: Fault::None,
            is_off: false,
            honesty: Honesty::Honest,
            boot: 0,
        })))
    }

    /// From now on the disk fails so.
    pub fn set_fault(&self, fault: Fault) {
        let mut state = self.state();
        state.fault = match fault {
            Fault::PowerCut(n) => Fault::PowerCut(state.operations + n),
            Fault::ErrorOnce(n) => Fault::ErrorOnce(state.operations + n),
            Fault::ErrorOnceAndForget(n) => Fault::ErrorOnceAndForget(state.operations + n),
            Fault::None | Fault::FullAbove(_) => fault,
        };
    }

    /// From now on the disk is so honest.
    pub fn set_honesty(&self, honesty: Honesty) {
        self.state().honesty = honesty;
    }

    /// Whether the power is off.
    pub fn is_off(&self) -> bool {
        self.state().is_off
    }

    /// Returns what the operating system shows.
    pub fn bytes(&self) -> Vec<u8> {
        self.state().shown.clone()
    }

    /// Returns how many bytes the operating system shows.
    pub fn size(&self) -> u64 {
        self.state().shown.len() as u64
    }

    /// Ends the process that has it open: what it did is kept, what it still does is not.
    pub fn kill(&self) {
        let mut state = self.state();
        state.fault = Fault::None;
        state.boot += 1;
    }

    /// Cuts the power if it is not off, keeps any part of what was not synced, in any order, and boots again.
    pub fn reboot(&self, rng: &mut Rng) {
        let mut state = self.state();
        let mut pending = std::mem::take(&mut state.pending);
        let fate = rng.below(4);
        for index in (1..pending.len()).rev() {
            pending.swap(index, rng.index(index + 1));
        }
        for op in pending {
            // All, none, or a part of it survives.
            if fate == 0 || (fate > 1 && rng.one_in(2)) {
                persist(&mut state.durable, op, fate == 3, rng);
            }
        }
        state.shown = state.durable.clone();
        state.is_off = false;
        state.fault = Fault::None;
        state.boot += 1;
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes all of `op` last.
fn keep(durable: &mut Vec<u8>, op: Op) {
    match op {
        Op::SetLen(len) => durable.resize(len, 0),
        Op::Write { offset, data } => durable[offset..offset + data.len()].copy_from_slice(&data),
    }
}

/// Makes some or all of `op` last, which may have come before others that did not.
fn persist(durable: &mut Vec<u8>, op: Op, is_torn: bool, rng: &mut Rng) {
    match op {
        Op::SetLen(len) => durable.resize(len, 0),
        Op::Write { offset, data } => {
            if durable.len() < offset + data.len() {
                durable.resize(offset + data.len(), 0);
            }
            for (index, sector) in data.chunks(SECTOR).enumerate() {
                if !is_torn || rng.one_in(2) {
                    let at = offset + index * SECTOR;
                    durable[at..at + sector.len()].copy_from_slice(sector);
                }
            }
        }
    }
}

impl State {
    /// Counts an operation; says whether it fails.
    fn step(&mut self) -> io::Result<()> {
        self.operations += 1;
        let is_due = |at| self.operations >= at;
        match self.fault {
            _ if self.is_off => Err(failure()),
            Fault::PowerCut(at) if is_due(at) => {
                self.is_off = true;
                Err(failure())
            }
            Fault::ErrorOnce(at) if is_due(at) => {
                self.fault = Fault::None;
                Err(failure())
            }
            Fault::ErrorOnceAndForget(at) if is_due(at) => {
                self.fault = Fault::None;
                self.pending.clear();
                self.shown = self.durable.clone();
                Err(failure())
            }
            _ => Ok(()),
        }
    }

    fn check_space(&self, end: usize) -> io::Result<()> {
        match self.fault {
            Fault::FullAbove(limit) if end as u64 > limit => Err(ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    }
}

fn failure() -> io::Error {
    io::Error::other("the disk does not answer")
}

impl Medium for Disk {
    fn open(&self, builder: &Builder) -> Result<Database, DatabaseError> {
        let boot = self.state().boot;
        builder.create_with_backend(Handle { disk: self.clone(), boot })
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.size())
    }

    fn probe(&self) -> io::Result<()> {
        match self.state().fault {
            Fault::FullAbove(_) => Err(ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    }
}

/// What one database sees of the disk; dead after the next boot.
struct Handle {
    disk: Disk,
    boot: u64,
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle")
    }
}

impl Handle {
    fn live(&self) -> io::Result<std::sync::MutexGuard<'_, State>> {
        let state = self.disk.state();
        if state.boot == self.boot { Ok(state) } else { Err(failure()) }
    }
}

impl StorageBackend for Handle {
    fn len(&self) -> io::Result<u64> {
        let state = self.live()?;
        if state.is_off { Err(failure()) } else { Ok(state.shown.len() as u64) }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut state = self.live()?;
        state.step()?;
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let part = state.shown.get(start..start + out.len()).ok_or(ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(part);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.live()?;
        let len = usize::try_from(len).map_err(io::Error::other)?;
        state.step()?;
        state.check_space(len)?;
        state.shown.resize(len, 0);
        state.pending.push(Op::SetLen(len));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.live()?;
        state.step()?;
        if state.honesty == Honesty::Honest {
            let State { durable, pending, .. } = &mut *state;
            pending.drain(..).for_each(|op| keep(durable, op));
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.live()?;
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        let result = state.step();
        if result.is_ok() {
            state.check_space(offset + data.len())?;
            let end = offset + data.len();
            state.shown.get_mut(offset..end).ok_or(ErrorKind::UnexpectedEof)?.copy_from_slice(data);
        }
        // A write the power went away under may still be on its way.
        if result.is_ok() || state.is_off {
            state.pending.push(Op::Write { offset, data: data.to_vec() });
        }
        result
    }
}
