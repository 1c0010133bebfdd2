"""Stamps in Redis that change with every change of a chat, so that a browser that asks each second costs no query.

Under `chat:` stand: `token:<hash>` → the chat's number; `<number>:stamp`; `<number>:typing:<side>` and `<number>:seen`,
which go by themselves; `agent:<number>:stamp` for each agent, and `waiting:stamp` for all. What Redis has lost is
written again by whoever asks next; a stamp that was not written (its writer was killed) is outlived by the slot."""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache as kept
from uuid import uuid4

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
SLOT = 30  # seconds after which a reader asks the database in any case
TYPING, SEEN, KEPT = 5, 45, 86_400  # seconds
VISITOR, AGENT = "visitor", "agent"
# Count the asker and the address; with a known token also note that it was there and types; return what is new.
ASK = """
local prefix, hash, address = ARGV[1], ARGV[2], ARGV[3]
local function count(key)
  local n = redis.call('INCR', key)
  if n == 1 then redis.call('PEXPIRE', key, 60000) end
  return n
end
local asked = count(prefix .. 'asked:' .. hash)
local from_there = count(prefix .. 'from:' .. address)
local chat = redis.call('GET', prefix .. 'token:' .. hash)
if not chat then return {asked, from_there, '', '', 0} end
redis.call('SET', prefix .. chat .. ':seen', '1', 'EX', ARGV[5])
if ARGV[4] == '1' then redis.call('SET', prefix .. chat .. ':typing:visitor', '1', 'EX', ARGV[6]) end
local stamp = redis.call('GET', prefix .. chat .. ':stamp')
return {asked, from_there, chat, stamp or '', redis.call('EXISTS', prefix .. chat .. ':typing:agent')}
"""


@dataclass(frozen=True)
class News:
    """What Redis says to a visitor's browser that asks. `stamp` is empty where only the database can answer."""

    asked: int
    from_there: int
    stamp: str
    typing: bool


def ask(token_sha256: str, *, address: str, typing: bool) -> News:
    """Answer a visitor's browser in one round trip."""
    script = _script(settings.REDIS_URL)
    wish = [_prefix(), token_sha256, address, "1" if typing else "0", SEEN, TYPING]
    asked, from_there, _chat, stamp, is_typing = script(args=wish)
    return News(asked, from_there, stamp.decode(), bool(is_typing))


def version_of(stamp: str, spread: str, *, now: float | None = None) -> str:
    """Return what a reader shows when asking again: the stamp, and a slot of time that begins at another moment for
    each `spread`."""
    moved = sum(spread.encode()) % SLOT
    return f"{stamp}.{int((time.time() if now is None else now) + moved) // SLOT}"


def stamp_of(chat_id: int, token_sha256: str) -> str:
    """Return the stamp of a chat and let its visitor be answered from here on; a new one where there is none."""
    return _stamp(f"{chat_id}:stamp", {f"token:{token_sha256}": str(chat_id)})


def desk_stamp_of(user_id: int) -> str:
    """Return the stamp of what one agent sees: their chats, and who waits."""
    return f"{_stamp(f'agent:{user_id}:stamp')}{_stamp('waiting:stamp')}"


def touch(*, chat_id: int, agents: Iterable[int | None], waiting: bool) -> None:
    """Say, once the transaction is through, that a chat has changed: to its visitor, to agents, to all who watch the
    queue."""
    names = [f"{chat_id}:stamp", *(f"agent:{agent}:stamp" for agent in set(agents) if agent)]
    names += ["waiting:stamp"] if waiting else []
    transaction.on_commit(lambda: _write({name: uuid4().hex[:12] for name in names}))


def note_typing(chat_ids: Iterable[int]) -> None:
    """Keep for some seconds that an agent writes in these chats."""
    with _client(settings.REDIS_URL).pipeline(transaction=False) as pipe:
        for chat_id in chat_ids:
            pipe.set(f"{_prefix()}{chat_id}:typing:agent", "1", ex=TYPING)
        pipe.execute()


def signs_of(chat_ids: list[int]) -> dict[int, str]:
    """Return for each chat whether its visitor writes (`typing`), is there (`here`), or is not (`away`)."""
    if not chat_ids:
        return {}
    names = [f"{_prefix()}{chat_id}:{what}" for chat_id in chat_ids for what in ("typing:visitor", "seen")]
    found = _client(settings.REDIS_URL).mget(names)
    pairs = zip(chat_ids, found[::2], found[1::2], strict=True)
    return {chat_id: "typing" if typing else "here" if seen else "away" for chat_id, typing, seen in pairs}


def _stamp(name: str, more: dict[str, str] | None = None) -> str:
    with _client(settings.REDIS_URL).pipeline(transaction=False) as pipe:
        for key, value in (more or {}).items():
            pipe.set(_prefix() + key, value, ex=KEPT)
        pipe.set(_prefix() + name, uuid4().hex[:12], ex=KEPT, nx=True)
        pipe.get(_prefix() + name)
        return pipe.execute()[-1].decode()


def _write(stamps: dict[str, str]) -> None:
    """A Redis that is away does not undo what was said: readers then see it when the slot is over."""
    try:
        with _client(settings.REDIS_URL).pipeline(transaction=False) as pipe:
            for name, stamp in stamps.items():
                pipe.set(_prefix() + name, stamp, ex=KEPT)
            pipe.execute()
    except RedisError:
        logger.warning("A chat could not be told of a change", exc_info=True)


def _prefix() -> str:
    return cache.make_key("chat:")


@kept
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url)


@kept
def _script(url: str):
    return _client(url).register_script(ASK)
