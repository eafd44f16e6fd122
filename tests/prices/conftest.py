"""Offer files in the shape of the AWS Price List, and a server for them."""

import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def offers_folder():
    return FIXTURES


@pytest.fixture
def offer_json():
    def load(code):
        return json.loads((FIXTURES / f"{code}-eu-west-1.json").read_text())

    return load


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        if self.path.startswith("/away/"):
            self.send_response(302)
            self.send_header("Location", "ftp://127.0.0.1/index.json")
            self.end_headers()
        else:
            super().do_GET()


@pytest.fixture
def price_site(tmp_path):
    for path in FIXTURES.glob("*.json"):
        code = path.name.removesuffix("-eu-west-1.json")
        place = tmp_path / "site" / "offers" / "v1.0" / "aws" / code / "current" / "eu-west-1"
        place.mkdir(parents=True)
        (place / "index.json").write_bytes(path.read_bytes())
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path / "site"))
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
