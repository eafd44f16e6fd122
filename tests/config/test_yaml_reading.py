import os

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_constructs.config import yaml_events
from finops_constructs.config.document import Document
from finops_constructs.config.yaml_events import parse_yaml
from finops_constructs.config.yaml_source import read_yaml
from tests.config.config_folders import WRITER, faults_in, write_folder

BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "the file is empty"),
        ("# only a comment\n", 1, "the file is empty"),
        ("- a\n", 1, "expected a mapping of keys at the top level, got a list"),
        ("just text", 1, "got a single value"),
        ("a: 1\n---\nb: 2\n", 2, "one YAML document per file"),
        ("a: 1\na: 2\n", 2, "given twice; the first is on line 1"),
        ("a:\n  b: 1\n  b: 2\n", 3, "given twice; the first is on line 2"),
        ("a: 1\nb:\n\t- x\n", 3, "indent with blanks, not tabs"),
        ("a: 'open\n", 2, "not valid YAML"),
        ("a: 1\n b: 2\n", 2, "not valid YAML"),
        ("a: 1\nb: \x01\n", 2, "not valid YAML"),
        ("a: 1\nb: *x\n", 2, "anchors and aliases are not supported"),
        ("*a\n", 1, "anchors and aliases are not supported"),
        ("*a : 1\n", 1, "anchors and aliases are not supported"),
        (BOMB, 1, "anchors and aliases are not supported"),
        ("a: &a\n  b: *a\n", 1, "anchors and aliases are not supported"),
        ("a: 1\n<<: {b: 2}\n", 2, "merge keys are not supported"),
        ("a: !!python/object:os.system x\n", 1, "YAML tags are not supported"),
        ("a: !!set {x, y}\n", 1, "YAML tags are not supported"),
        ("a: 1\n? [b]\n: 2\n", 2, "a key must be text"),
        ("on: 1\n", 1, "YAML reads on as true or false; put it in quotes"),
        ("12: 1\n", 1, "YAML reads 12 as a number; put it in quotes"),
        ("a: " + "{b: " * 30 + "1" + "}" * 30, 1, "nested deeper than 16 levels"),
        ("[" * 100_000, 1, "nest"),
        ("- " * 100_000, 1, "got a list"),
        ("? " * 100_000, 1, "a key must be text"),
    ],
)  # fmt: skip
def test_yaml_that_cannot_be_meant_is_answered_with_its_line(text, line, problem):
    document = parse_yaml("x.yaml", text)
    assert any(f.line == line and problem in f.problem for f in document.faults), document.faults
    assert len(document.faults) == 1


def test_the_rest_of_a_file_is_checked_although_a_value_is_an_alias(tmp_path):
    text = WRITER.replace("display_name: Writer", "display_name: *name").replace("500", "0")
    faults = faults_in(write_folder(tmp_path, tenants={"writer": text}))
    assert [f.key for f in faults] == ["", "budget.monthly_limit_usd"]


def test_fractions_are_decimals_and_dates_stay_text():
    data = parse_yaml("x", "a: 0.1\nb: 2026-11-24\nc: 1_000\nd: 'x'\ne: yes\nf: ''\n").data
    assert repr(data) == (
        "{'a': Decimal('0.1'), 'b': '2026-11-24', 'c': 1000, 'd': 'x', 'e': True, 'f': ''}"
    )


def test_a_file_that_is_not_utf8_is_answered_with_the_byte(tmp_path):
    file = tmp_path / "x.yaml"
    file.write_bytes(b"a: 1\nname: caf\xe9\n")
    (fault,) = read_yaml(file).faults
    assert (fault.line, fault.problem) == (2, "not UTF-8: byte 14 is 0xe9; save it as UTF-8")


def test_a_byte_order_mark_is_no_fault(tmp_path):
    file = tmp_path / "x.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_yaml(file).data == {"a": 1}


def test_a_file_of_5_mb_is_refused_before_it_is_read(tmp_path):
    file = tmp_path / "x.yaml"
    with file.open("wb") as handle:
        handle.truncate(5_000_000)
    (fault,) = read_yaml(file).faults
    assert fault.problem == "5,000,000 bytes; a configuration file has at most 256 KiB"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to(path)])
def test_what_is_no_file_is_answered_without_waiting(tmp_path, make):
    path = tmp_path / "x.yaml"
    make(path)
    (fault,) = read_yaml(path).faults
    assert fault.line == 0
    assert "not a file" in fault.problem or "cannot be read" in fault.problem


def test_a_file_nobody_may_read_is_answered(tmp_path, monkeypatch):
    folder = write_folder(tmp_path)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    faults = faults_in(folder)
    assert {f.problem for f in faults} == {"cannot be read: permission denied"}
    assert len(faults) == 2


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("writer.yml", "rename it to writer.yaml"),
        ("writer.YAML", "rename it to writer.yaml"),
        ("writer.json", "rename it to writer.yaml"),
        ("team/writer.yaml", "folders are not read here"),
    ],
)
def test_a_tenant_that_would_be_overlooked_is_named(tmp_path, name, problem):
    folder = write_folder(tmp_path, tenants={})
    file = folder / "tenants" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(WRITER)
    (fault,) = faults_in(folder)
    assert problem in fault.problem


def test_hidden_files_and_readmes_among_the_tenants_are_left_alone(tmp_path):
    folder = write_folder(tmp_path)
    for name in (".writer.yaml.swp", ".DS_Store", "README.md", "writer.yaml~"):
        (folder / "tenants" / name).write_text("x")
    assert faults_in(folder) == []


def test_an_empty_folder_names_both_things_it_lacks(tmp_path):
    assert [f.file.removeprefix(str(tmp_path)) for f in faults_in(tmp_path)] == [
        "/platform.yaml", "/tenants",
    ]  # fmt: skip


def test_a_folder_that_is_not_there_is_one_fault(tmp_path):
    (fault,) = faults_in(tmp_path / "nowhere")
    assert "no such folder" in fault.problem


def test_control_characters_of_a_value_never_reach_the_terminal(tmp_path):
    text = WRITER.replace("region: eu-west-1", 'region: "\\e[2Jx"')
    assert all(str(f).isprintable() for f in faults_in(write_folder(tmp_path, tenants={"w": text})))


def test_the_pure_python_parser_reads_the_same(monkeypatch):
    fast = parse_yaml("x", WRITER)
    monkeypatch.setattr(yaml_events, "LOADER", yaml.SafeLoader)
    assert parse_yaml("x", WRITER) == fast


@given(st.binary(max_size=300))
def test_no_bytes_end_in_a_traceback(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    file.write_bytes(content)
    assert isinstance(read_yaml(file), Document)


@settings(max_examples=500)
@given(st.text(alphabet="abx:-?[]{}&*!|>'\"#%@,<~\n\t .01", max_size=60))
def test_no_yaml_text_ends_in_a_traceback(text):
    document = parse_yaml("x.yaml", text)
    assert document.usable or document.faults
