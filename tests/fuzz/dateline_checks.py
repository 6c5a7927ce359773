"""What schemathesis cannot know of the interface by itself: checks of our own, and the count of the requests."""

import os
import re

import schemathesis

# What the owner's requests are let in by: revoked, it would end the proof.
OWN_TOKEN = os.environ.get("DATELINE_FUZZ_TOKEN_ID")

COUNT = os.environ.get("DATELINE_FUZZ_COUNT")
CALLER = os.environ.get("DATELINE_FUZZ_CALLER", "owner")

# Operations anybody may call.
OPEN = {"/healthz", "/readyz"}
# The page behind the link in a mail says nothing and asks for nothing.
PAGES = {"/api/notifications/unsubscribe"}

# What no schema can say of a request whose every field has the right form: that a cursor was given out by this server,
# that a path holds a repository, that the fields of a schedule go together. Every other 422 to it is a fault.
MEANINGS = re.compile(
    r"^/(cursor$|from$|to$|source/|timezone$|name$|frequency$|timeConfig|policy/|payload/platforms|platforms|style/"
    r"|projectId$|jobId$|id$|fromStep$|fromFailedStep$|stats$|body$|title$|tags|search$|isEnabled$"
    # That a code or a link was given out and not used, an end lies ahead, a time is not its own end, a person is known.
    r"|code$|token$|expiresAt$|quietHours/|digest/|userId$|email$|localRoots"
    # That an answer has a time where it needs one, a project fits the type of its job, a heir is somebody else, what is given is less than ownership.
    r"|at$|type$|handOverTo$|projectIds/|access$|overrides/|emailAddress$|until$|reason$|payload/"
    # That a job it is to run after is there, and does not depend on it in turn.
    r"|dependsOn/"
    # That a condition is an expression that has an answer, and an event's own name goes with its type.
    r"|condition$|expression$|listensTo|data$)"
)


@schemathesis.hook
def before_call(context, case, kwargs):
    if OWN_TOKEN and (case.path_parameters or {}).get("id") == OWN_TOKEN:
        case.path_parameters["id"] = "tok_01KAR6V8G0M3N9T5X7Y2B4C6D8"


@schemathesis.hook
def after_call(context, case, response):
    if COUNT:
        with open(COUNT, "ab") as file:
            file.write(b"+" if response.status_code < 300 else b"-")


@schemathesis.check
def refusals_are_problems(ctx, response, case):
    """Every refusal is a problem document with a code, and shows nothing of the inside."""
    if response.status_code < 400 or case.method.upper() == "HEAD":
        return
    problem = response.json()
    assert response.headers["content-type"][0] == "application/problem+json", "a refusal is a problem document"
    assert problem["status"] == response.status_code and problem["code"] and problem["detail"], "it says why"
    for leak in ["panicked", ".cargo", "/src/http", "redb::"]:
        assert leak not in str(problem), f"{leak} shows the inside"


@schemathesis.check
def only_meaning_is_refused_of_valid_requests(ctx, response, case):
    """A request that fits the document is refused only for what a schema cannot say."""
    meta = case.meta
    if response.status_code != 422 or meta is None or not meta.generation.mode.is_positive:
        return
    for fault in response.json().get("errors", []):
        assert MEANINGS.match(fault["pointer"]), f"the document should say what is wrong with {fault}"


@schemathesis.check
def nobody_gets_nothing(ctx, response, case):
    """Without a token nothing succeeds but the probes."""
    if CALLER == "nobody" and case.path not in OPEN and not (case.path in PAGES and case.method.upper() in {"GET", "HEAD"}):
        assert response.status_code >= 400, f"{case.method} {case.path} answers {response.status_code} to nobody"
