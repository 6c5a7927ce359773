//! Who is connected, and who has to leave when it gets full.
//!
//! A connection that waits for its client costs that client nothing to keep, so it is what an attacker has most of.
//! When there is no room, the one that has waited longest is dropped for the newcomer: whoever connects and asks is
//! served, and whoever only connects leaves first. A connection with a request in it is never dropped for another.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::http::peer::masked;

/// How many connections there may be.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// In all.
    pub connections_max: usize,
    /// From one remote address, or one /64 of IPv6.
    pub per_address_max: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { connections_max: affordable(), per_address_max: 512 }
    }
}

/// Files kept for everything that is no connection: the store, repositories, feeds.
const FILES_KEPT: usize = 256;
const CONNECTIONS_MAX: usize = 4096;

/// Returns how many connections leave enough files to the rest of the process.
fn affordable() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let files: usize = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(1024);
    files.saturating_sub(FILES_KEPT).max(files / 2).min(CONNECTIONS_MAX)
}

/// Everybody who is connected.
#[derive(Debug)]
pub(super) struct Roster {
    room: Room,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    next: u64,
    seats: HashMap<u64, Entry>,
    /// The connections that wait for their client, longest first.
    idle: BTreeMap<u64, u64>,
    per_address: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Entry {
    /// Whose it is; `None` where one address stands for many people.
    address: Option<IpAddr>,
    idle_since: Option<u64>,
    leave: CancellationToken,
}

/// A place among the connections, given back when it goes.
#[derive(Debug)]
pub(super) struct Seat {
    id: u64,
    roster: Arc<Roster>,
    /// Cancelled when the connection has to leave.
    pub(super) leave: CancellationToken,
}

impl Roster {
    /// Returns a roster of nobody.
    pub(super) fn new(room: Room) -> Arc<Self> {
        Arc::new(Self { room, table: Mutex::default() })
    }

    /// Gives a newcomer a seat; `None` when everybody is being answered. `address` is `None` where one address stands
    /// for many people: on this machine, and behind a trusted proxy.
    pub(super) fn admit(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Seat> {
        let address = address.map(neighbourhood);
        let mut table = self.table();
        if let Some(address) = address
            && table.per_address.get(&address).is_some_and(|count| *count >= self.room.per_address_max)
        {
            let mut idle = table.idle.values().copied();
            let longest =
                idle.find(|id| table.seats.get(id).is_some_and(|it| it.address == Some(address)))?;
            table.dismiss(longest);
        }
        if table.seats.len() >= self.room.connections_max {
            table.dismiss_longest_idle().then_some(())?;
        }
        let (id, leave) = (table.take_number(), CancellationToken::new());
        table.idle.insert(id, id);
        table.seats.insert(id, Entry { address, idle_since: Some(id), leave: leave.clone() });
        if let Some(address) = address {
            *table.per_address.entry(address).or_default() += 1;
        }
        Some(Seat { id, roster: self.clone(), leave })
    }

    /// Dismisses some of the idle ones, the longest first: the process has run out of files.
    pub(super) fn shed(&self) {
        let mut table = self.table();
        for _ in 0..table.idle.len().div_ceil(8) {
            table.dismiss_longest_idle();
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn take_number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn dismiss_longest_idle(&mut self) -> bool {
        let longest = self.idle.first_key_value().map(|(_, id)| *id);
        longest.is_some_and(|id| self.dismiss(id))
    }

    fn dismiss(&mut self, id: u64) -> bool {
        let Some(entry) = self.seats.remove(&id) else { return false };
        entry.leave.cancel();
        if let Some(since) = entry.idle_since {
            self.idle.remove(&since);
        }
        if let Some(address) = entry.address
            && let Some(count) = self.per_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                self.per_address.remove(&address);
            }
        }
        true
    }
}

impl Seat {
    /// A request is being answered from now on; false when the connection has to leave before that.
    pub(super) fn begin(&self) -> bool {
        let mut table = self.roster.table();
        let Some(entry) = table.seats.get_mut(&self.id) else { return false };
        if let Some(since) = entry.idle_since.take() {
            table.idle.remove(&since);
        }
        true
    }

    /// The client is waited for from now on.
    pub(super) fn rest(&self) {
        let mut table = self.roster.table();
        let now = table.take_number();
        if let Some(entry) = table.seats.get_mut(&self.id).filter(|entry| entry.idle_since.is_none()) {
            entry.idle_since = Some(now);
            table.idle.insert(now, self.id);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.roster.table().dismiss(self.id);
    }
}

/// Returns what one subscriber has: one address of IPv4, a /64 of IPv6.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        six @ IpAddr::V6(_) => masked(six, 64).unwrap_or(six),
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster(connections_max: usize, per_address_max: usize) -> Arc<Roster> {
        Roster::new(Room { connections_max, per_address_max })
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect("an address"))
    }

    #[test]
    fn the_one_that_waited_longest_leaves_for_a_newcomer() {
        let roster = roster(3, 3);
        let seats: Vec<Seat> = (0..3).map(|_| roster.admit(None).expect("there is room")).collect();
        assert!(seats[0].begin());
        let newcomer = roster.admit(None).expect("an idle one leaves");
        assert!(!seats[0].leave.is_cancelled() && seats[1].leave.is_cancelled());
        assert!(!seats[1].begin(), "who has to leave begins nothing");
        seats[0].rest();
        let _next = roster.admit(None).expect("an idle one leaves");
        assert!(seats[2].leave.is_cancelled() && !seats[0].leave.is_cancelled());
        assert!(newcomer.begin());
    }

    #[test]
    fn nobody_leaves_in_the_middle_of_an_answer() {
        let roster = roster(2, 2);
        let seats = [(); 2].map(|()| roster.admit(None).expect("there is room"));
        assert!(seats.iter().all(Seat::begin));
        assert!(roster.admit(None).is_none());
        roster.shed();
        assert!(seats.iter().all(|seat| !seat.leave.is_cancelled()));
        let [first, _second] = seats;
        drop(first);
        assert!(roster.admit(None).is_some(), "a seat given back is free");
    }

    #[test]
    fn one_address_cannot_fill_the_room() {
        let roster = roster(10, 2);
        let own = [(); 2].map(|()| roster.admit(address("203.0.113.9")).expect("there is room"));
        let other = roster.admit(address("203.0.113.8")).expect("others have room");
        let _third = roster.admit(address("::ffff:203.0.113.9")).expect("its own longest leaves");
        assert!(own[0].leave.is_cancelled() && !own[1].leave.is_cancelled() && !other.leave.is_cancelled());
        let six = [(); 2].map(|()| roster.admit(address("2001:db8::1")).expect("there is room"));
        assert!(six.iter().all(Seat::begin));
        assert!(roster.admit(address("2001:db8::ffff:2")).is_none(), "one subscriber has a whole /64");
        assert!(roster.admit(address("2001:db8:0:1::2")).is_some());
    }

    #[test]
    fn running_out_of_files_drops_idle_ones() {
        let roster = roster(100, 100);
        let seats: Vec<Seat> = (0..16).map(|_| roster.admit(None).expect("there is room")).collect();
        roster.shed();
        assert_eq!(seats.iter().filter(|seat| seat.leave.is_cancelled()).count(), 2);
        assert!(Room::default().connections_max >= 16);
    }
}
