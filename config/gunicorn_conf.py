"""The web server: few processes, some threads each, since a page waits for the database more than it computes."""

import os

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
timeout = 60
graceful_timeout = 15
keepalive = 5
max_requests = 20_000  # a worker that has grown is replaced; the spread keeps them from going together
max_requests_jitter = 2_000
control_socket_disable = True
loglevel = "warning"
