"""A real SMTP server as a process of its own: `python -m tests.marketing.smtp_sink FOLDER`. It writes its port to
`FOLDER/port` and each mail that it has taken, before it says so, as a line of `FOLDER/taken`: sender, receiver, Message-ID.
`FOLDER/behave` may hold `slow`: it takes its time over each."""

import asyncio
import email
import os
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Sink:
    def __init__(self, folder: Path):
        self.folder = folder
        self.taken = os.open(folder / "taken", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def behaviour(self):
        path = self.folder / "behave"
        return path.read_text().strip() if path.exists() else ""

    async def handle_RCPT(self, server, session, envelope, address, options):
        if "refuse" in address:
            return "550 No such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content)
        os.write(self.taken, f"{envelope.mail_from}\t{envelope.rcpt_tos[0]}\t{letter['Message-ID']}\n".encode())
        os.fsync(self.taken)
        if self.behaviour() == "slow":
            await asyncio.sleep(0.05)
        return "250 Taken"


async def serve(folder: Path) -> None:
    loop = asyncio.get_running_loop()
    sink = Sink(folder)
    server = await loop.create_server(lambda: SMTP(sink, hostname="localhost", enable_SMTPUTF8=True), "127.0.0.1", 0)
    (folder / "port.new").write_text(str(server.sockets[0].getsockname()[1]))
    (folder / "port.new").rename(folder / "port")
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
