"""A visitor for tests: a browser that holds a token and speaks to the public addresses."""

import json
import secrets

from django.test import Client


class Visitor:
    """`Visitor().start("Where is my money?")`; what a browser would do, with the answers as Django gives them."""

    def __init__(self, token=""):
        self.token = token or secrets.token_urlsafe(32)
        self.client = Client(enforce_csrf_checks=True)
        self.version, self.last, self.messages = "", 0, []

    def ask(self, path, sent=None, method="post", **more):
        headers = {"X-Chat-Token": self.token, **more.pop("headers", {})}
        if method == "get":
            return self.client.get(f"/chat/{path}", sent, headers=headers)
        return self.client.post(
            f"/chat/{path}", json.dumps(sent or {}), content_type="application/json", headers=headers
        )

    def start(self, subject="Where is my money?", **more):
        answer = self.ask("start/", {"subject": subject, "name": "Ann", **more})
        if answer.status_code == 201:
            self._take(answer.json())
        return answer

    def write(self, text, number="0000-0001"):
        return self.ask("write/", {"text": text, "client_id": number})

    def poll(self, **more):
        answer = self.ask("poll/", {"since": self.version, "after": self.last, **more}, method="get")
        if answer.status_code == 200:
            self._take(answer.json())
        return answer

    def _take(self, news):
        self.version = news["version"]
        for message in news.get("messages", []):
            if message["id"] > self.last:
                self.messages.append(message["text"])
                self.last = message["id"]
