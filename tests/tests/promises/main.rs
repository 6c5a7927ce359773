//! What Dateline promises, one module a promise, seen through HTTP, the command line and files on the disk.

mod one_owner_of_a_store;
mod the_command_line;
mod the_door_is_shut;
