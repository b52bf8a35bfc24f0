"""An application under Flask for each set-up, which is all of its lines."""

import logging

from flask import Flask, abort, redirect, request
from flask_cors import CORS

from serve import serve


def build(setup):
    app = Flask(__name__)
    app.logger.setLevel(logging.CRITICAL)  # no stack traces on the standard error
    exec(setup, {"app": app, "CORS": CORS, "abort": abort, "redirect": redirect, "request": request})
    return app


serve(build)
