"""Opens local pages and notes what went wrong in them."""

from pathlib import Path


class Pages:
    """Pages of one test, each with a context of its own.

    `faults` lists errors a page logged or raised, and every address it asked the network for.
    """

    def __init__(self, browser):
        self._browser = browser
        self._contexts = []
        self.faults = []

    def open(self, file, *, javascript=True):
        context = self._browser.new_context(
            java_script_enabled=javascript, viewport={"width": 1280, "height": 900}
        )
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._asked)
        page.goto(Path(file).resolve().as_uri())
        return page

    def close(self):
        for context in self._contexts:
            context.close()

    def _said(self, message):
        if message.type == "error":
            self.faults.append(message.text)

    def _asked(self, request):
        if not request.url.startswith(("file:", "data:", "blob:", "about:")):
            self.faults.append(request.url)
