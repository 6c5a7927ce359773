//! Attacks on the interface: who asks, through what bytes.

use super::Row;
use super::features::WEBHOOKS;

pub(crate) const ROWS: &[Row] = &[
    Row {
        number: 1,
        input: "no token / garbage / empty / Bearer  + 1 MiB / two Authorization headers",
        held_by: &[
            "tests/tests/promises/the_door_is_shut.rs::without_the_right_token_every_answer_is_the_same_401",
            "api/tests/interface/security.rs::every_wrong_token_gets_the_same_answer",
        ],
        awaits: &[],
    },
    Row {
        number: 2,
        input: "revoked, expired token; token of a disabled user; token made before a password reset",
        held_by: &[
            "api/tests/interface/matrix.rs::without_a_good_credential_nothing_is_answered",
            "api/tests/interface/people.rs::credentials_end_with_a_reset_a_sign_out_everywhere_and_a_disabled_user",
            "tests/tests/promises/credentials_end.rs::the_next_request_is_refused_and_open_streams_end",
            "actors/tests/engine/people.rs::a_stream_ends_with_the_credential_it_was_opened_with",
            "core/src/people/credential.rs::a_token_lets_its_active_user_in_until_it_expires_or_is_revoked",
        ],
        awaits: &[],
    },
    Row {
        number: 3,
        input: "token in the query string",
        held_by: &[
            "tests/tests/promises/the_door_is_shut.rs::a_token_in_the_address_opens_nothing_and_is_not_written_down",
        ],
        awaits: &[],
    },
    Row {
        number: 4,
        input: "read token on POST/PATCH/DELETE; trigger-only token on GET secrets",
        held_by: &[
            "api/tests/interface/matrix.rs::a_scope_or_role_that_does_not_reach_is_told_so_before_anything_else",
            "core/src/caller.rs::a_scope_covers_what_it_says",
        ],
        awaits: &[],
    },
    Row {
        number: 5,
        input: "B's project, schedule, execution, secret, webhook id - each of ~40 operations as A …",
        held_by: &[
            "tests/tests/promises/bad_input_is_refused_kindly/lists.rs::ids_of_the_wrong_kind_name_nothing",
            "api/tests/interface/matrix.rs::what_one_may_do_depends_on_their_say_in_the_project",
            "api/tests/interface/people.rs::a_member_does_not_find_out_about_the_projects_of_others",
            "api/tests/interface/people.rs::a_token_limited_to_projects_reaches_no_other",
            "api/tests/interface/others.rs::a_token_of_another_is_not_there_unless_one_manages_them",
            "api/tests/interface/others.rs::a_token_is_limited_only_to_projects_one_sees",
            "api/tests/interface/others.rs::a_notification_of_another_is_not_there",
            "api/tests/interface/others.rs::a_version_or_a_key_tells_nothing_about_the_project_of_another",
            "actors/tests/engine/people.rs::what_is_not_seen_takes_the_same_way_as_what_is_not_there",
            "actors/tests/engine/people.rs::a_listener_hears_of_what_they_see_from_when_they_see_it",
        ],
        awaits: &[WEBHOOKS],
    },
    Row {
        number: 6,
        input: "move own object to B's project by PATCH project_id; owner_id, role, is_admin, id …",
        held_by: &[
            "tests/tests/promises/bad_input_is_refused_kindly/schedules.rs::fields_that_are_not_there_to_be_set",
            "api/tests/interface/bodies.rs::types_are_strict_and_every_fault_is_named",
            "api/tests/interface/fields.rs::no_body_moves_raises_or_backdates_anything",
            "api/tests/interface/others.rs::a_schedule_moves_only_to_projects_one_may_edit",
        ],
        awaits: &[],
    },
    Row {
        number: 7,
        input: "role x status matrix (invited, disabled, last admin) on every admin call",
        held_by: &[
            "api/tests/interface/matrix.rs::a_scope_or_role_that_does_not_reach_is_told_so_before_anything_else",
            "api/tests/interface/matrix.rs::without_a_good_credential_nothing_is_answered",
            "api/tests/interface/people.rs::admins_reach_up_to_their_own_role_and_the_last_owner_stays",
            "api/tests/interface/strangers.rs::an_invitation_or_a_reset_lets_nobody_in_by_itself",
            "core/src/people/rules.rs::a_role_reaches_up_to_its_own_and_members_reach_nobody",
            "core/store/tests/proof/conformance.rs::a_store_in_a_file_keeps_every_promise",
        ],
        awaits: &[],
    },
    Row {
        number: 8,
        input: "1,000 wrong tokens / passwords from one address, from 100 forged X-Forwarded-For / …",
        held_by: &[
            "api/src/http/peer/peer_tests.rs::a_strangers_word_about_addresses_is_ignored",
            "api/src/http/peer/peer_tests.rs::a_trusted_proxy_tells_who_calls",
            "tests/tests/promises/the_door_is_shut/hosts.rs::what_a_stranger_says_about_addresses_and_hosts_is_ignored",
            "core/src/people/failures.rs::after_the_last_allowed_failure_a_key_waits_out_its_minute",
            "core/src/people/failures.rs::a_flood_of_keys_is_bounded",
            "api/tests/interface/people.rs::guesses_are_held_up_and_valid_credentials_never_are",
            "actors/tests/engine/people.rs::guesses_count_by_address_and_only_guesses",
        ],
        awaits: &[],
    },
    Row {
        number: 9,
        input: "user enumeration: login/reset for known and unknown",
        held_by: &[
            "api/tests/interface/people.rs::an_unknown_address_is_refused_as_a_wrong_password_is",
            "api/tests/interface/strangers.rs::a_disabled_user_is_refused_as_a_wrong_password_is",
            "api/tests/interface/strangers.rs::every_void_code_is_refused_in_the_same_words",
            "tests/tests/promises/credentials_end.rs::who_is_unknown_disabled_or_has_no_password_is_refused_like_a_wrong_password_for_the_same_work",
        ],
        awaits: &[],
    },
    Row {
        number: 10,
        input: "Host: evil.example, no Host, two Hosts, Host: 127.0.0.1.evil.example, localhost. …",
        held_by: &[
            "tests/tests/promises/the_door_is_shut/hosts.rs::only_its_own_host_names_are_answered",
            "tests/tests/promises/the_door_is_shut/hosts.rs::the_names_an_operator_gives_are_answered_and_no_others",
            "api/src/http/hosts.rs::a_server_answers_to_its_address_and_to_the_names_it_was_given",
            "api/tests/interface/sockets.rs::foreign_hosts_are_misdirected",
        ],
        awaits: &[],
    },
    Row {
        number: 11,
        input: "Origin: https://evil.example, null, http://localhost:1, tauri://evil, \\xff …",
        held_by: &[
            "tests/tests/promises/the_door_is_shut/hosts.rs::other_sites_can_neither_read_nor_change_anything",
            "api/src/http/guard.rs::pages_of_other_sites_change_nothing",
            "api/src/http/guard.rs::an_origin_has_the_scheme_the_request_came_by",
        ],
        awaits: &[],
    },
    Row {
        number: 12,
        input: "CSRF: form post, text/plain JSON, no Content-Type, Sec-Fetch-Site: cross-site with …",
        held_by: &[
            "tests/tests/promises/the_door_is_shut/hosts.rs::other_sites_can_neither_read_nor_change_anything",
            "tests/tests/promises/the_door_is_shut/messages.rs::a_body_that_is_not_plain_json_is_415",
            "api/src/http/guard.rs::a_link_leads_to_a_page_and_to_nothing_else",
            "api/tests/interface/people.rs::a_cookie_changes_nothing_on_behalf_of_another_page",
            "api/tests/interface/strangers.rs::a_form_of_another_page_changes_nothing_with_the_cookie_it_carries",
            "api/tests/interface/strangers.rs::nobody_is_signed_in_by_another_page",
            "api/src/http/access.rs::a_change_by_cookie_comes_from_the_own_page_and_says_so",
        ],
        awaits: &[],
    },
    Row {
        number: 13,
        input: "preflight from a foreign origin",
        held_by: &[
            "tests/tests/promises/the_door_is_shut/hosts.rs::other_sites_can_neither_read_nor_change_anything",
            "api/tests/interface/security.rs::methods_outside_the_contract_are_told_which_there_are",
        ],
        awaits: &[],
    },
    Row {
        number: 14,
        input: "page in a frame; sniffing",
        held_by: &[
            "tests/tests/promises/the_door_is_shut.rs::every_answer_forbids_framing_sniffing_and_keeping",
            "api/tests/interface/security.rs::every_answer_is_hardened",
            "tests/tests/promises/the_door_is_shut/messages.rs::requests_with_two_meanings_are_refused",
        ],
        awaits: &[],
    },
    Row {
        number: 15,
        input: "GET with side effects; method override header; TRACE, CONNECT, GeT",
        held_by: &[
            "tests/tests/promises/the_door_is_shut.rs::methods_a_resource_does_not_have_are_405",
            "tests/tests/promises/the_door_is_shut/messages.rs::http_2_and_tunnels_are_refused_in_words",
            "api/tests/interface/security.rs::methods_outside_the_contract_are_told_which_there_are",
        ],
        awaits: &[],
    },
    Row {
        number: 16,
        input: "64 MiB body, chunked and with length; 10 KB gzip -> 1 GB",
        held_by: &[
            "tests/tests/promises/the_door_is_shut/messages.rs::what_is_too_large_is_cut_off_early",
            "tests/tests/promises/the_door_is_shut/messages.rs::an_endless_body_costs_no_memory",
            "tests/tests/promises/the_door_is_shut/messages.rs::a_body_that_is_not_plain_json_is_415",
            "api/tests/interface/sockets.rs::a_refused_body_does_not_hide_its_refusal",
        ],
        awaits: &[],
    },
    Row {
        number: 17,
        input: "half header for 60 s; body 1 byte/s; 2,000 idle connections",
        held_by: &[
            "tests/tests/promises/the_door_is_shut/crowds.rs::slow_senders_are_cut_and_others_are_served_meanwhile",
            "tests/tests/promises/the_door_is_shut/crowds.rs::two_thousand_idle_connections_keep_nobody_out",
            "tests/tests/promises/the_door_is_shut/crowds.rs::a_server_with_few_files_serves_whoever_asks",
            "api/tests/interface/crowd.rs::half_a_head_is_told_that_it_is_late",
            "api/tests/interface/crowd.rs::silence_ends_a_connection_before_and_after_a_request",
            "api/tests/interface/crowd.rs::who_takes_no_answer_loses_the_connection",
            "api/tests/interface/crowd.rs::idle_connections_keep_nobody_out",
        ],
        awaits: &[],
    },
    Row {
        number: 18,
        input: "70 KB header, 500 headers, 10 KB URL",
        held_by: &[
            "tests/tests/promises/the_door_is_shut/messages.rs::what_is_too_large_is_cut_off_early",
            "api/tests/interface/sockets.rs::sizes_on_the_wire_are_bounded",
            "api/src/http/server/head_tests.rs::a_head_is_bounded_before_it_ends",
        ],
        awaits: &[],
    },
    Row {
        number: 19,
        input: "CL+TE, two CL, TE: xchunked, CR only, NUL or LF in a header",
        held_by: &[
            "tests/tests/promises/the_door_is_shut/messages.rs::requests_with_two_meanings_are_refused",
            "api/tests/interface/sockets.rs::requests_with_two_meanings_are_refused_and_end_the_connection",
            "api/tests/interface/sockets.rs::a_refusal_comes_after_the_answers_before_it",
            "api/tests/interface/sockets.rs::chunks_that_are_broken_are_a_broken_body",
            "api/src/http/server/head_tests.rs::what_two_readers_could_frame_differently_is_malformed",
            "api/src/http/server/head_tests.rs::no_cut_into_reads_changes_a_verdict",
            "api/src/http/server/gate_tests.rs::nothing_passes_behind_a_head_that_is_refused",
            "api/src/http/server/gate_tests.rs::nothing_passes_behind_chunks_that_are_broken",
            "api/src/http/server/framing.rs::chunks_that_two_readers_could_count_differently_are_broken",
        ],
        awaits: &[],
    },
    Row {
        number: 20,
        input: "h2c prior knowledge, 1,000 streams, rapid reset, empty DATA frames (RUSTSEC-2026-0258)",
        held_by: &[
            "tests/tests/promises/the_door_is_shut/messages.rs::http_2_and_tunnels_are_refused_in_words",
            "api/tests/interface/sockets.rs::what_is_not_http_1_is_refused",
            "api/tests/interface/tls.rs::both_safe_versions_and_only_http_1_are_spoken",
        ],
        awaits: &[],
    },
    Row {
        number: 21,
        input: "100,000 [; number 1e400; 10,000-digit int; lone surrogate; invalid UTF-8; duplicate …",
        held_by: &[
            "tests/tests/promises/bad_input_is_refused_kindly/bytes.rs::bytes_that_cannot_be_parsed_are_400",
            "tests/tests/promises/bad_input_is_refused_kindly/bytes.rs::json_that_is_no_request_is_422",
            "api/tests/interface/bodies.rs::bytes_that_cannot_be_parsed_are_400",
        ],
        awaits: &[],
    },
    Row {
        number: 22,
        input: "strings: NUL, U+202E, 1 M chars, only spaces, __proto__, {{7*7}}, ${jndi:}, ' OR 1=1--",
        held_by: &[
            "tests/tests/promises/bad_input_is_refused_kindly/bytes.rs::texts_are_kept_as_they_are_or_refused_and_never_evaluated",
            "tests/tests/promises/bad_input_is_refused_kindly/projects.rs::each_field_of_a_project",
            "api/tests/interface/bodies.rs::odd_but_lawful_texts_come_back_as_they_were",
        ],
        awaits: &[],
    },
    Row {
        number: 23,
        input: "limit=-1, 0, 1e9; cursor forged, of another user, of another query",
        held_by: &[
            "tests/tests/promises/bad_input_is_refused_kindly/lists.rs::a_limit_is_a_number_from_one_to_a_bound",
            "tests/tests/promises/bad_input_is_refused_kindly/lists.rs::a_cursor_works_where_it_was_given_and_nowhere_else",
            "api/tests/interface/lists.rs::a_cursor_belongs_to_its_question",
        ],
        awaits: &[],
    },
    Row {
        number: 24,
        input: "cron: * * * * * * by a user with a 1-min floor; Feb 30; 29-ms patterns x 200 rps; 100 …",
        held_by: &[
            "tests/tests/promises/bad_input_is_refused_kindly/schedules.rs::patterns_that_mean_nothing_never_fire_or_fire_too_often",
            "api/tests/interface/bodies.rs::schedules_that_make_no_sense_say_why",
            "core/src/schedule/density.rs::impossible_dates_are_seen_in_the_fields",
            "core/src/schedule/cron_tests.rs::texts_that_are_no_patterns_are_refused",
            "core/src/schedule/fault.rs::refused_values_are_shown_short_and_harmless",
            "api/tests/interface/events.rs::previews_are_limited_for_each_caller",
        ],
        awaits: &[],
    },
    Row {
        number: 25,
        input: "zone ../../etc/passwd, posixrules, EST5EDT,M3.2.0, america/new_york, 1 KB",
        held_by: &[
            "tests/tests/promises/bad_input_is_refused_kindly/schedules.rs::zones_that_are_none",
            "core/src/schedule/zone.rs::other_spellings_are_refused_with_the_name_that_was_meant",
        ],
        awaits: &[],
    },
];
