//! What Dateline promises, one module a promise, seen through HTTP, the command line and files on the disk.

mod a_full_disk;
mod a_run_mails_once;
mod acknowledged_writes_survive;
mod bad_input_is_refused_kindly;
mod control;
mod credentials_end;
mod drafts_are_reviewed;
mod events_have_no_gaps;
mod executions_survive_kill_9;
mod no_occurrence_is_lost;
mod no_secret_escapes;
mod nothing_is_orphaned;
mod one_owner_of_a_store;
mod operators_see_what_happens;
mod requests_happen_once;
mod settings_say_who_set_them;
mod stops_cleanly;
mod the_api_examples;
mod the_client_commands;
mod the_command_line;
mod the_contract_is_what_is_served;
mod the_demo;
mod the_door_is_shut;
mod the_main_job;
mod the_owner_gets_back_in;
mod what_is_kept_is_bounded;
