"""YAML text to a `Document`, in one pass over the parser's events.

Events instead of `yaml.load`: they carry lines, anchors and tags, cost no recursion, and expand no
alias, so that neither a nesting nor an alias bomb gets anywhere.
"""

from dataclasses import dataclass
from typing import Any, Final

import yaml

from finops_constructs.config.document import Document
from finops_constructs.config.faults import Fault, KeyPath, abbreviated, shown, shown_key
from finops_constructs.config.yaml_scalars import (
    MisreadScalarError,
    Scalar,
    describe_misreading,
    read_scalar,
)

# The C parser is about ten times as fast, but not every platform's PyYAML has it.
LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH: Final = 16
_NO_ANCHORS: Final = "YAML anchors and aliases are not supported; write the value out"


class _StopReadingError(Exception):
    """The rest of the file cannot be made sense of; the fault is noted already."""


@dataclass(slots=True)
class _Level:
    """One mapping or list being filled."""

    path: KeyPath
    container: dict[str, Any] | list[Any]
    key: str | None = None
    """The key whose value comes next; None in a list, or where a key comes next."""
    skip: bool = False
    """The value that comes next belongs to a key already refused."""


def parse_yaml(file: str, text: str) -> Document:
    """Return the document in `text`, with everything that is wrong with its YAML."""
    builder = _Builder(Document(file=file))
    try:
        for event in yaml.parse(text, Loader=LOADER):
            builder.take(event)
        builder.finish()
    except _StopReadingError:
        builder.document.usable = False
    except yaml.YAMLError as error:
        builder.note_syntax(error, text)
    return builder.document


class _Builder:
    """Fills a document from parser events."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._levels: list[_Level] = []
        self._root_seen = False
        self._anchor_seen = False
        self._line = 1

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        if event.start_mark is not None:
            self._line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_anchor(event.anchor)
            self._take_scalar(event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._refuse_anchor(event.anchor)
            self._open({} if isinstance(event, yaml.MappingStartEvent) else [], event.tag)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._levels.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._take_alias(event)
        elif isinstance(event, yaml.DocumentStartEvent) and self._root_seen:
            self._stop((), "one YAML document per file; a second one starts here")

    def finish(self) -> None:
        """Note a file without anything in it."""
        if not self._root_seen:
            self._line = 1
            self._stop((), "the file is empty; expected a mapping of keys")

    def note_syntax(self, error: yaml.YAMLError, text: str) -> None:
        """Note that the text is not YAML."""
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        position = getattr(error, "position", None)
        if mark is not None:
            self._line = mark.line + 1
        elif isinstance(position, int):
            self._line = text.count("\n", 0, position) + 1
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
        context = getattr(error, "context", None)
        line = text.split("\n")[self._line - 1] if self._line <= text.count("\n") + 1 else ""
        hint = "; indent with blanks, not tabs" if "\t" in line else ""
        reason = f"{context}: {problem}" if context else str(problem)
        self._note((), f"not valid YAML: {reason}{hint}", value=shown(line.strip()) if line else "")
        self.document.usable = False

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        is_plain = event.implicit[0] and not event.style
        level = self._levels[-1] if self._levels else None
        if level is not None and isinstance(level.container, dict) and level.key is None:
            self._take_key(level, event.value, is_plain=is_plain)
            return
        path = self._next_path()
        value: Scalar = event.value
        if is_plain:
            try:
                value = read_scalar(event.value)
            except MisreadScalarError as error:
                self._note(path, str(error), value=abbreviated(event.value))
                self.document.broken.add(path)
        if not isinstance(value, str):
            self.document.texts.setdefault(path, event.value)
        self._refuse_tag(path, event.tag)
        self._put(path, value)

    def _take_key(self, level: _Level, text: str, *, is_plain: bool) -> None:
        path = (*level.path, text)
        level.key = text
        if is_plain and text == "<<":
            self._note(path, "YAML merge keys are not supported; write the keys out", value="")
            self.document.broken.add(path)
            level.skip = True
        elif text in level.container:
            first = self.document.lines.get(path, 1)
            self._note(path, f"given twice; the first is on line {first}", value="")
            level.skip = True
        else:
            self.document.lines[path] = self._line
            misread = describe_misreading(text) if is_plain else None
            if misread:
                problem = f"a key must be text, and YAML reads {text or '~'} as {misread}"
                self._note(path, f"{problem}; put it in quotes", value="")

    def _take_alias(self, event: yaml.AliasEvent) -> None:
        self._refuse_anchor(event.anchor)
        level = self._levels[-1] if self._levels else None
        if level is None or (isinstance(level.container, dict) and level.key is None):
            raise _StopReadingError
        path = self._next_path()
        self.document.broken.add(path)
        self._put(path, None)

    def _open(self, container: dict[str, Any] | list[Any], tag: str | None) -> None:
        level = self._levels[-1] if self._levels else None
        if level is not None and isinstance(level.container, dict) and level.key is None:
            self._stop(level.path, "a key must be text, not a list or mapping", value="")
        path = self._next_path()
        if len(path) > _MAX_DEPTH:
            self._stop(path[:4], f"nested deeper than {_MAX_DEPTH} levels", value="")
        self._refuse_tag(path, tag)
        self._put(path, container)
        self._levels.append(_Level(path, container))

    def _next_path(self) -> KeyPath:
        if not self._levels:
            return ()
        level = self._levels[-1]
        if isinstance(level.container, list):
            return (*level.path, len(level.container))
        return (*level.path, level.key or "")

    def _put(self, path: KeyPath, value: Any) -> None:
        if not self._levels:
            self._put_root(value)
            return
        level = self._levels[-1]
        if isinstance(level.container, list):
            self.document.lines.setdefault(path, self._line)
            level.container.append(value)
            return
        if not level.skip:
            level.container[level.key or ""] = value
        level.key, level.skip = None, False

    def _put_root(self, value: Any) -> None:
        self._root_seen = True
        if isinstance(value, dict):
            self.document.data = value
        elif value is None:
            self._stop((), "the file is empty; expected a mapping of keys")
        else:
            kind = "a list" if isinstance(value, list) else "a single value"
            self._stop((), f"expected a mapping of keys at the top level, got {kind}", value="")

    def _refuse_anchor(self, anchor: str | None) -> None:
        if anchor is not None and not self._anchor_seen:
            self._anchor_seen = True
            self._note((), _NO_ANCHORS, value=shown(anchor))

    def _refuse_tag(self, path: KeyPath, tag: str | None) -> None:
        if tag is not None:
            self._note(path, "YAML tags are not supported", value=abbreviated(tag))
            self.document.broken.add(path)

    def _note(self, path: KeyPath, problem: str, *, value: str) -> None:
        self.document.faults.append(
            Fault(
                file=self.document.file,
                line=self._line,
                key=shown_key(path),
                value=value,
                problem=problem,
            )
        )

    def _stop(self, path: KeyPath, problem: str, *, value: str = "") -> None:
        self._note(path, problem, value=value)
        raise _StopReadingError
