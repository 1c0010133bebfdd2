"""The embedded servers, used as people use them: by several processes at once, killed at any moment."""

import json
import os
import signal

import pytest

from config import embedded
from tests.config.servers import begin, manage, processes_of, run, wait_until


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    """A deep folder with spaces: longer than the path of a socket may be."""
    folder = tmp_path_factory.mktemp("var") / "a folder with spaces" / ("deep" * 30)
    yield folder
    assert wait_until(lambda: not processes_of(folder))


def state(var) -> dict:
    return json.loads((var / "run" / "servers.json").read_text())


def test_processes_that_start_at_once_share_one_server(var):
    born = "print(database().execute('SELECT pg_postmaster_start_time()').fetchone()[0]); time.sleep(1)"

    users = [begin(var, born) for _ in range(4)]
    answers = {user.communicate(timeout=120)[0] for user in users}

    assert [user.returncode for user in users] == [0, 0, 0, 0]
    assert len(answers) == 1
    assert "+00" in answers.pop()


def test_servers_stop_after_a_user_that_was_killed(var):
    user = begin(var, "database(); print('there', flush=True); time.sleep(600)")
    assert user.stdout.readline() == "there\n"
    assert processes_of(var)

    user.kill()
    user.wait()

    assert wait_until(lambda: not processes_of(var))
    assert state(var)["state"] == "stopped"
    assert not embedded.Path(state(var)["sockets"]).exists()


def test_a_fork_keeps_the_servers_when_its_parent_ends(var):
    code = """
embedded.join()
if os.fork():
    os._exit(0)
time.sleep(5)
print(database().execute('SELECT 41 + 1').fetchone()[0])
"""

    assert run(var, code) == "42"


def test_a_killed_postgres_comes_back_with_what_was_committed(var):
    code = """
import json, signal
first = database()
first.execute('DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 7 AS n')
servers = json.loads((embedded.run_folder() / 'servers.json').read_text())
os.kill(servers['postgres'], signal.SIGKILL)
for _ in range(300):
    try:
        print(database().execute('SELECT n FROM kept').fetchone()[0])
        break
    except psycopg.OperationalError:
        time.sleep(0.1)
print(json.loads((embedded.run_folder() / 'servers.json').read_text())['postgres'] != servers['postgres'])
"""

    assert run(var, code).split() == ["7", "True"]


def test_what_was_queued_survives_a_killed_redis(var):
    code = """
import json, signal
queue().rpush('waiting', 'job')
time.sleep(1.5)  # it writes to disk every second
os.kill(json.loads((embedded.run_folder() / 'servers.json').read_text())['redis'], signal.SIGKILL)
for _ in range(300):
    try:
        print(queue().lpop('waiting').decode())
        break
    except redis.ConnectionError:
        time.sleep(0.1)
"""

    assert run(var, code) == "job"


def test_a_killed_keeper_takes_its_servers_along_and_the_next_user_has_them_back(var):
    user = begin(
        var,
        "database().execute('CREATE TABLE IF NOT EXISTS mark (n int)'); print('there', flush=True); time.sleep(600)",
    )
    assert user.stdout.readline() == "there\n"

    os.kill(state(var)["keeper"], signal.SIGKILL)

    assert run(var, "print(database().execute('SELECT count(*) FROM mark').fetchone()[0])") == "0"
    user.kill()
    user.communicate()


def test_servers_that_are_to_stay_do_and_are_stopped_by_name(var):
    run(var, "database()", MERIDIAN_KEEP="1")

    assert run(var, "time.sleep(3); print(embedded._is_held('keeper.lock'))") == "True"
    assert run(var, "embedded.stop(); print(embedded._is_held('keeper.lock'))") == "False"


def test_sorting_does_not_depend_on_the_machine(var):
    query = "SELECT string_agg(c, '' ORDER BY c) FROM unnest('{b,A,ä,B,a,中}'::text[]) c"
    code = f'print(database().execute("{query}").fetchone()[0])'

    assert run(var, code, LANG="C", PYTHONUTF8="1") == "ABabä中"


def test_nothing_is_embedded_when_both_servers_are_named(tmp_path):
    var = tmp_path / "var"
    urls = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}

    done = manage(var, "shell", "-c", "from django.conf import settings; print(settings.DATABASE_URL)", **urls)

    assert urls["DATABASE_URL"] in done.stdout
    assert not var.exists()


@pytest.mark.parametrize("command", ["help", "version", "collectstatic"])
def test_commands_that_need_no_server_start_none(tmp_path, command):
    var = tmp_path / "var"

    done = manage(var, command, *(["--noinput", "--dry-run", "--verbosity", "0"] if command == "collectstatic" else []))

    assert done.returncode == 0, done.stderr
    assert not (var / "run").exists()


def test_a_folder_that_cannot_be_used_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()

    done = manage(tmp_path / "file", "showmigrations")

    assert done.returncode == 1
    assert done.stderr.startswith(f"Meridian cannot keep its data in {tmp_path / 'file'}")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("PG_VERSION", "15\n", "was made by PostgreSQL 15, and this is 18"),
        ("somebody's.txt", "thesis", "is not empty and holds no database"),
    ],
)
def test_data_of_somebody_else_is_left_alone(tmp_path, name, content, sentence):
    var = tmp_path / "var"
    (var / "postgres").mkdir(parents=True)
    (var / "postgres" / name).write_text(content)

    done = manage(var, "showmigrations")

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert (var / "postgres" / name).read_text() == content
