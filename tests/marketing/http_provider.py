"""A gateway for text messages as a process of its own: `python -m tests.marketing.http_provider FOLDER`.

It writes its port to `FOLDER/port` and every message that it has taken, once by its number, as a line of `FOLDER/taken`.
`FOLDER/behave` says how it behaves: `well`; `hang` (takes the message and never answers); `lie` (200 with a page);
`limit` (429 with Retry-After); `fail` (500 after taking); `refuse` (400)."""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(".")
SEEN: set[str] = set()


class Gateway(BaseHTTPRequestHandler):
    def behaviour(self):
        path = FOLDER / "behave"
        return path.read_text().strip() if path.exists() else "well"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said, how = json.loads(body), self.behaviour()
        if how == "limit":
            return self.answer(429, {}, {"Retry-After": "7"})
        if how == "refuse":
            return self.answer(400, {"error": "no such number"})
        if how == "lie":
            return self.answer(200, None, {"Content-Type": "text/html"})
        self.take(said["id"], said["to"])
        if how == "hang":
            time.sleep(60)
        return self.answer(500 if how == "fail" else 202, {"id": said["id"], "ref": f"gw-{said['id']}"})

    def take(self, number, to):
        if number not in SEEN:
            SEEN.add(number)
            with (FOLDER / "taken").open("a") as file:
                file.write(
                    f"{number}\t{to}\t{self.headers['Idempotency-Key']}\t{self.headers['X-Meridian-Signature']}\n"
                )
                file.flush()
                os.fsync(file.fileno())

    def do_GET(self):
        number = self.path.rsplit("/", 1)[-1]
        if number in SEEN:
            return self.answer(200, {"id": number})
        return self.answer(404, {}, {"X-Message-Unknown": number})

    def answer(self, status, body, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"<html>" if body is None else json.dumps(body).encode())

    def log_message(self, *args):
        return None


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.daemon_threads = True
    (FOLDER / "port.new").write_text(str(server.server_port))
    (FOLDER / "port.new").rename(FOLDER / "port")
    server.serve_forever()
