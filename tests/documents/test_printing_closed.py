"""The press opens no file and no connection but its own assets, whatever a text asks of it."""

import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO

import pikepdf
import pytest
from weasyprint.urls import FatalURLFetchingError

from coopgov.printing import press

ISSUED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
REFUSED = (
    "file:///etc/passwd", "http://localhost/", "https://localhost/", "ftp://localhost/x", "data:text/css,p%7B%7D",
    "coopgov:render.py", "coopgov:fonts/../render.py", "coopgov:fonts/../../config.py", "coopgov:fonts/SHA256SUMS",
    "coopgov:/etc/passwd", "coopgov:css/../../static/css/theme.css", "COOPGOV:fonts/../press.py",
)  # fmt: skip


class Trap(HTTPServer):
    """A server that redirects to a file and remembers who called."""

    calls: list[str]


class Redirect(BaseHTTPRequestHandler):
    server: Trap

    def do_GET(self):
        self.server.calls.append(self.path)
        self.send_response(302)
        self.send_header("Location", "file:///etc/passwd")
        self.end_headers()


@pytest.fixture
def trap() -> Iterator[Trap]:
    server = Trap(("127.0.0.1", 0), Redirect)
    server.calls = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_not_an_asset_of_ours_is_refused(url):
    with pytest.raises(ValueError, match="not an asset of ours"):
        press.ClosedFetcher().fetch(url)


def test_an_asset_of_ours_is_served():
    answer = press.ClosedFetcher().fetch("coopgov:fonts/SourceSans3-Regular.ttf")
    assert answer.content_type == "font/ttf"


def test_a_missing_font_stops_the_press():
    with pytest.raises(FatalURLFetchingError, match=r"SourceSans9\.ttf"):
        press.ClosedFetcher().fetch("coopgov:fonts/SourceSans9.ttf")


def test_a_hostile_text_reads_no_file_and_makes_no_call(trap, tmp_path):
    secret = tmp_path / "secret.css"
    secret.write_text("p::after { content: 'leaked-from-disk' }")
    html = _hostile(f"http://127.0.0.1:{trap.server_port}", secret.as_uri(), tmp_path.as_uri())
    pdf = press.print_pdf(html, issued_at=ISSUED, attachment=b"{}")
    assert trap.calls == []
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert list(opened.attachments) == ["facts.json"]
        assert not list(opened.pages[0].get_images())
    (tmp_path / "paper.pdf").write_bytes(pdf)
    text = subprocess.run(["pdftotext", tmp_path / "paper.pdf", "-"], capture_output=True, check=True, text=True).stdout
    assert "texte" in text
    assert "leaked-from-disk" not in text


def _hostile(server: str, file: str, folder: str) -> str:
    return f"""<html lang="fr"><head><title>t</title><base href="{folder}/">
      <link rel="stylesheet" href="secret.css"><link rel="stylesheet" href="{server}/sheet.css">
      <link rel="attachment" href="file:///etc/passwd"><link rel="attachment" href="{server}/attached">
      <style>@import url("{file}"); @import "{server}/import.css"; p {{ background: url("{server}/back.png") }}
      @font-face {{ font-family: x; src: url("{server}/font.ttf") }} p {{ font-family: x }}</style></head>
      <body><h1>t</h1><p>texte</p><img src="{server}/img.png" alt="x"><img src="file:///etc/passwd" alt="x">
      <object data="{server}/object"></object><embed src="{server}/embed">
      <svg width="9" height="9"><image href="{server}/svg.png" width="9" height="9"/><use href="{file}#x"/></svg>
      <a rel="attachment" href="file:///etc/passwd">lien</a></body></html>"""
