"""A function's code and layers, unpacked once for all the processes that run it.

ministack unpacks them for every process anew, which then compiles every module anew. Here a
process gets links into one folder, where Python keeps what it compiled. As on AWS, a function must
not write there.
"""

import hashlib
import os
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime

_lock = threading.Lock()


def install() -> None:
    """Unpack each archive once."""
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=_Archive, BadZipFile=zipfile.BadZipFile, LargeFileError=zipfile.LargeZipFile
    )


class _Archive(zipfile.ZipFile):
    def extractall(self, path: Any = None, *_members: Any, **_options: Any) -> None:
        """Fill a folder with links to what the archive holds."""
        for entry in self._unpacked().iterdir():
            (Path(path) / entry.name).symlink_to(entry)

    def _unpacked(self) -> Path:
        digest = hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()
        folder = Path(os.environ["STATE_DIR"]) / "functions" / digest
        with _lock:
            if not folder.exists():
                unfinished = folder.with_suffix(".tmp")
                super().extractall(unfinished)
                unfinished.rename(folder)
        return folder
