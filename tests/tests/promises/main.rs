//! What Dateline promises, one module a promise, seen through HTTP, the command line and files on the disk.

mod a_full_disk;
mod acknowledged_writes_survive;
mod bad_input_is_refused_kindly;
mod control;
mod drafts_are_reviewed;
mod executions_survive_kill_9;
mod no_occurrence_is_lost;
mod one_owner_of_a_store;
mod stops_cleanly;
mod the_command_line;
mod the_contract_is_what_is_served;
mod the_demo;
mod the_door_is_shut;
mod the_main_job;
