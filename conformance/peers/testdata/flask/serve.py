"""Serves each of the applications on a port of its own, tells the ports in one
line of JSON, and ends when its standard input does: with whoever started it."""

import json
import logging
import os
import sys
import threading

from werkzeug.serving import make_server


def serve(build):
    """Reads one line of JSON, a list, and serves build(element) for each."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    servers = [
        make_server("127.0.0.1", 0, build(element), threaded=True)
        for element in json.loads(sys.stdin.readline())
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"ports": [server.port for server in servers]}), flush=True)
    sys.stdin.read()
    os._exit(0)
