#!/usr/bin/python3
"""A desktop application on WebKitGTK, whose pages have a scheme of its own.

It opens the URL that is its last argument, and ignores the flags of MiniBrowser.
CROSSGATE_SCRIPT names the file with the page's script. CROSSGATE_REGISTERED says what
the scheme is registered as: nothing, or "secure cors-enabled".
"""
import os
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gio, GLib, Gtk, WebKit2

url = sys.argv[-1]
scheme = url.split(":")[0]
with open(os.environ["CROSSGATE_SCRIPT"], "rb") as file:
    page = b"<!doctype html><script>" + file.read() + b"</script>"


def serve(request):
    stream = Gio.MemoryInputStream.new_from_bytes(GLib.Bytes.new(page))
    request.finish(stream, len(page), "text/html")


context = WebKit2.WebContext.new_ephemeral()
context.register_uri_scheme(scheme, serve)
registered = os.environ["CROSSGATE_REGISTERED"].split()
if "secure" in registered:
    context.get_security_manager().register_uri_scheme_as_secure(scheme)
if "cors-enabled" in registered:
    context.get_security_manager().register_uri_scheme_as_cors_enabled(scheme)

view = WebKit2.WebView.new_with_context(context)
window = Gtk.Window()
window.add(view)
window.show_all()
view.load_uri(url)
Gtk.main()
