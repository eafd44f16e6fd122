import json
import shutil

import pytest

from finops_constructs.audit_log.errors import AuditLogError
from finops_constructs.audit_log.signatures import PublicKey
from finops_constructs.audit_log.store import FolderStore
from finops_constructs.audit_log.verify import Options, verify
from tests.audit_log.conftest import NOW

H1, H2, H3 = "2026-11-26T01", "2026-11-26T02", "2026-11-26T03"


def manifest(log, hour):
    return log / f"manifests/2026/11/26/{hour[-2:]}.json"


def records(log):
    return sorted(log.glob("records/**/*.gz"))


def flip(path, at=None):
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if at is None else at] ^= 1
    path.write_bytes(content)


def change(path, old, new):
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))


def test_an_untouched_log_is_clean(original):
    report = verify(FolderStore(original), Options(now=NOW))
    assert report.findings == []
    assert report.untrusted_from is None
    assert (report.first_hour, report.manifests, report.objects) == (H1, 5, 5)
    assert report.totals["records"] == report.totals["invocations_counted"] == 20
    assert "nothing vouches for the last manifest" in " ".join(report.notes)


def test_every_single_flipped_byte_of_an_object_is_named(log, original):
    (path, *_) = records(log)
    content = path.read_bytes()
    # The first ten bytes are the gzip header, of which unzipping checks but a few.
    for at in (*range(10), *range(10, len(content), 29)):
        path.write_bytes(content)
        flip(path, at)
        report = verify(FolderStore(log), Options(now=NOW))
        (finding,) = [f for f in report.findings if f.kind != "repeated"]
        assert (finding.kind, finding.key) == ("altered", path.relative_to(log).as_posix())
        assert report.untrusted_from is None
    assert verify(FolderStore(original), Options(now=NOW)).findings == []


def test_a_removed_object_is_named(log, found):
    records(log)[1].unlink()
    assert found(log) == [("removed", H2)]


def test_an_object_of_another_length_is_named(log):
    path = records(log)[0]
    path.write_bytes(path.read_bytes() + b"x")
    (finding,) = verify(FolderStore(log), Options(now=NOW)).findings
    assert f"{path.stat().st_size} bytes instead of {path.stat().st_size - 1}" in finding.text


def test_an_added_object_is_named(log, found):
    path = records(log)[0]
    shutil.copy(path, path.with_name("20261126T013000Z-abc.jsonl.gz"))
    (log / "notes.txt").write_text("I was here")
    assert found(log) == [("added", None), ("added", H1)]


def test_an_object_younger_than_the_last_manifest_is_no_finding(log):
    path = records(log)[0]
    young = path.with_name("20261126T093000Z-abc.jsonl.gz")
    shutil.copy(path, young)
    report = verify(FolderStore(log), Options(now=NOW))
    assert report.findings == []
    assert list(report.unsealed) == [young.relative_to(log).as_posix()]


def test_swapped_manifests_are_named_and_the_chain_is_not_trusted_from_there(log):
    one, other = manifest(log, H2).read_bytes(), manifest(log, H3).read_bytes()
    manifest(log, H2).write_bytes(other)
    manifest(log, H3).write_bytes(one)
    report = verify(FolderStore(log), Options(now=NOW))
    assert {(f.kind, f.key) for f in report.findings} == {
        ("reordered", "manifests/2026/11/26/02.json"),
        ("reordered", "manifests/2026/11/26/03.json"),
    }
    assert report.untrusted_from == H2


def test_a_removed_manifest_is_named_and_its_objects_are_not_called_added(log):
    manifest(log, H2).unlink()
    report = verify(FolderStore(log), Options(now=NOW))
    assert [(f.kind, f.hour) for f in report.findings] == [("removed", H2)]
    assert report.untrusted_from == H2
    assert "not compared" in report.notes[0]
    assert "2 objects of hours without a sound manifest" in report.notes[1]


def test_a_chain_without_its_beginning_is_told(log, found):
    manifest(log, H1).unlink()
    assert found(log) == [("removed", H1)]


def test_an_altered_manifest_is_named(log, found):
    change(manifest(log, H2), b'"days":400', b'"days":401')
    assert found(log) == [("altered", H2)]


def test_before_a_gap_an_altered_manifest_is_named_too(log, found):
    manifest(log, H3).unlink()
    change(manifest(log, H1), b'"days":400', b'"days":401')
    assert found(log) == [("altered", H1), ("removed", H3)]


def test_a_manifest_that_is_none_any_more_is_named(log, found):
    flip(manifest(log, H2), 0)
    assert ("altered", H2) in found(log)


def test_a_manifest_copied_over_another_is_named(log, found):
    shutil.copy(manifest(log, H3), manifest(log, H2))
    assert found(log) == [("added", H2), ("removed", H2)]


def test_a_file_that_is_no_manifest_is_added(log, found):
    shutil.copy(manifest(log, H3), manifest(log, H3).with_name("03b.json"))
    assert found(log) == [("added", None)]


def test_the_last_manifest_is_vouched_for_by_its_known_hash_only(log, found):
    last = verify(FolderStore(log), Options(now=NOW))
    change(manifest(log, "2026-11-26T05"), b'"days":400', b'"days":401')
    assert found(log) == []
    assert found(log, head_sha256=last.head_sha256) == [("altered", "2026-11-26T05")]


def test_of_the_last_two_manifests_nothing_but_a_signature_tells_which_was_altered(
    log, original, found
):
    change(manifest(log, "2026-11-26T04"), b'"days":400', b'"days":401')
    assert found(log) == [("does-not-fit", "2026-11-26T04")]
    key = PublicKey(original.parent / "finops.pem")
    assert ("bad-signature", "2026-11-26T04") in found(log, public_key=key)


def test_signatures_are_checked_with_the_public_key(log, original, found):
    key = PublicKey(original.parent / "finops.pem")
    report = verify(FolderStore(log), Options(now=NOW, public_key=key))
    assert (report.findings, report.signed) == ([], 5)
    last = manifest(log, "2026-11-26T05")
    change(last, b'"days":400', b'"days":401')
    assert found(log, public_key=key) == [("bad-signature", "2026-11-26T05")]
    last.with_name("05.json.sig").unlink()
    assert found(log, public_key=key) == [("bad-signature", "2026-11-26T05")]


def test_objects_whose_retention_is_over_may_be_gone(log):
    for path in records(log):
        path.unlink()
    late = Options(now=NOW.replace(year=2028))
    report = verify(FolderStore(log), late)
    assert (report.findings, report.expired) == ([], 5)


def test_an_interrupted_run_goes_on_where_it_was(log, tmp_path):
    state = tmp_path / "state.json"
    turns = []

    def interrupted(done, total):
        turns.append((done, total))
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify(FolderStore(log), Options(now=NOW, state_file=state, progress=interrupted))
    report = verify(FolderStore(log), Options(now=NOW, state_file=state))
    assert report.findings == []
    assert 0 < report.resumed_objects < report.objects == 5
    assert turns[-1] == (3, 5)


def test_what_was_wrong_before_the_interruption_is_not_forgotten(log, tmp_path, found):
    state = tmp_path / "state.json"
    flip(records(log)[0])
    before = found(log, state_file=state)
    assert ("altered", H1) in before
    assert ("altered", H1) in found(log, state_file=state)


def test_a_state_of_another_chain_is_not_used(log, tmp_path, found):
    state = tmp_path / "state.json"
    found(log, state_file=state)
    told = json.loads(state.read_text())
    state.write_text(json.dumps(told | {"sha256": "0" * 64}))
    flip(records(log)[0])
    assert ("altered", H1) in found(log, state_file=state)
    state.write_text(json.dumps(told | {"log": "s3://other"}))
    with pytest.raises(AuditLogError, match="not of"):
        found(log, state_file=state)
    state.write_text("[]")
    with pytest.raises(AuditLogError, match="no state"):
        found(log, state_file=state)


def test_fails_when_it_is_no_log(tmp_path):
    with pytest.raises(AuditLogError, match="no manifests"):
        verify(FolderStore(tmp_path), Options(now=NOW))
    with pytest.raises(AuditLogError, match="not a folder"):
        FolderStore(tmp_path / "missing")


def test_an_entry_cannot_lead_out_of_the_folder(log):
    assert FolderStore(log).read("../../etc/passwd") is None
