"""An application under Flask for each case of testdata/cases/flask.json, whose
configurations are JSON with names that begin with $ for what JSON does not have."""

import logging
import re
from datetime import timedelta
from urllib.parse import unquote

from flask import Flask, Response, abort
from flask_cors import CORS, cross_origin

from serve import serve


def revive(value):
    if isinstance(value, list):
        return [revive(element) for element in value]
    if not isinstance(value, dict):
        return value
    if "$re" in value:
        return re.compile(value["$re"])
    if "$set" in value:
        return set(value["$set"])
    if "$timedelta_minutes" in value:
        return timedelta(minutes=value["$timedelta_minutes"])
    return {key(name): revive(field) for name, field in value.items()}


def key(name):
    return re.compile(name[4:]) if name.startswith("$re:") else name


def build(case):
    try:
        return application(case["config"], case.get("context", {}), case["request"])
    except ValueError as error:
        refusal = type(error).__name__
        return lambda environ, start: Response(headers={"X-Peer-Error": refusal})(environ, start)


def application(config, context, request):
    app = Flask(__name__)
    app.logger.setLevel(logging.CRITICAL)  # no stack traces on the standard error
    path = unquote(request["path"])

    def handler():
        outcome = context.get("handler_outcome")
        if outcome == "abort_404":
            abort(404)
        if outcome == "abort_500":
            abort(500)
        if outcome == "uncaught_exception_500":
            raise RuntimeError("broken")
        response = Response("ran", headers={"X-Handler": "ran"})
        for name, value in context.get("handler_headers", []):
            response.headers.add(name, value)
        return response

    if "$cross_origin" in config:
        handler = cross_origin(**revive(config["$cross_origin"]))(handler)
    override = config.get("$route_override", {}).get(path)
    if override is not None:
        handler = cross_origin(**revive(override))(handler)
    if not context.get("unrouted"):
        methods = {"GET", request["method"]} - {"HEAD", "OPTIONS"}
        app.route(path, methods=context.get("route_methods", methods))(handler)
    if "$CORS" in config:
        CORS(app, **revive(config["$CORS"]))
    if "error_handler" in context:
        for status in (404, 500):
            app.errorhandler(status)(lambda error: ("handled", 200))
    return app


serve(build)
