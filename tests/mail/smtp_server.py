"""A real mail server on a free port of the loopback, for tests.

Its first line on stdout is the port; then it prints one JSON object for each message whose content it was given. What
becomes of a message is in its recipient's name:

    rcpt550@…   refused at once, for ever        data451@…   content refused for now
    rcpt450@…   refused at once, for now         data554@…   content refused for ever
    cut@…       content read, then the connection is cut without an answer
    hang@…      content read, and never answered
    anything else is taken

It ends with its stdin.
"""

import argparse
import asyncio
import base64
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "rcpt550":
            return "550 5.1.1 no such person"
        if name == "rcpt450":
            return "450 4.2.1 the mailbox is busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        taken = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "hello": session.host_name,
            "isEncrypted": server.transport.get_extra_info("sslcontext") is not None,
            "isSignedIn": session.authenticated is True,
            "content": base64.b64encode(envelope.content).decode(),
        }
        print(json.dumps(taken), flush=True)
        if name == "data451":
            return "451 4.3.0 try again later"
        if name == "data554":
            return "554 5.6.0 not this"
        if name == "cut":
            server.transport.abort()
            return "250 OK"
        if name == "hang":
            await asyncio.sleep(3600)
        return "250 2.0.0 taken as 42"


def authenticator(user, password):
    def check(server, session, envelope, mechanism, data):
        given = (data.login, data.password)
        # `handled` would mean that the refusal was already told.
        return AuthResult(success=given == (user.encode(), password.encode()), handled=False)

    return check


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--login", help="user:password, without which nothing is taken")
    given = parser.parse_args()
    context = None
    if given.tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.certificate, given.key)
    settings = {"hostname": "mail.test", "enable_SMTPUTF8": False}
    if given.tls == "starttls":
        settings |= {"tls_context": context, "require_starttls": True}
    if given.login:
        settings |= {
            "authenticator": authenticator(*given.login.split(":", 1)),
            "auth_required": True,
            "auth_require_tls": False,
        }
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Handler(), **settings),
        "127.0.0.1",
        0,
        ssl=context if given.tls == "implicit" else None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


try:
    asyncio.run(asyncio.wait_for(main(), 600))
except TimeoutError:
    sys.exit("nobody closed stdin in ten minutes")
