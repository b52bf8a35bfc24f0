"""The application under Flask, once for each set-up: the lines of Python that
install Flask-CORS, as its documentation has them."""

import logging
import re

from flask import Flask
from flask_cors import CORS

from serve import serve


def build(setup):
    app = Flask(__name__)
    app.logger.setLevel(logging.CRITICAL)  # no stack traces on the standard error
    exec(setup, {"app": app, "CORS": CORS, "re": re})

    @app.route("/items", methods=["GET", "POST", "PUT", "DELETE"])
    def items():
        return "items", {"X-Total-Count": "3", "X-Request-Id": "1"}

    @app.route("/vary")
    def vary():
        return "varied", {"Vary": "Accept-Encoding"}

    @app.route("/own")
    def own():
        return "own", {"Access-Control-Allow-Origin": "*"}

    @app.route("/error")
    def error():
        raise RuntimeError("broken")

    return app


serve(build)
