from __future__ import annotations

from pathlib import Path

import pyarrow.parquet
import pytest

from emblem.errors import InputError
from emblem.model.target import Target
from emblem.model.verdict import Status
from emblem.scanning.cluster import shared
from emblem.scanning.finding import Task
from emblem.scanning.settings import ScanSettings
from emblem.scanning.shards import Shard, ShardFolder, SharedFolderError, scan_shard, shards_of
from tests.support.arrangement import chain, root, signing
from tests.support.naming import ihle_lines, serving

PLAN = {"--shard-size": "2"}


def test_tasks_come_in_shards_of_a_size() -> None:
    names = [f"h{number}.example" for number in range(5)]
    tasks = [Task(number, Target.parse(name)) for number, name in enumerate(names)]

    shards = list(shards_of([*tasks[:3], None, *tasks[3:]], 2))

    assert [(shard.number, *shard.targets) for shard in shards] == [(0, *names[:2]), (1, *names[2:4]), (2, *names[4:])]


def test_a_shard_has_a_file_of_its_own_by_which_it_is_known_to_be_done(tmp_path: Path) -> None:
    folder = ShardFolder.begin(tmp_path / "found", PLAN, None)
    shard = Shard(3, ("hospital.example", "nobody.example"))
    assert folder.result_of(shard) is None
    with serving(*ihle_lines("hospital.example", chain(root, signing).emblem("hospital.example").records)) as server:
        result = scan_shard(shard, ScanSettings(resolvers=(str(server.address),), processes=1), folder)

    again = folder.result_of(shard)

    assert again is not None
    assert (result.here, again.here) == (True, False)
    assert result.statuses == again.statuses
    assert result.statuses["unmarked"] == 1
    table = pyarrow.parquet.read_table(tmp_path / "found" / "part-00000003.parquet")
    assert sorted(table["target"].to_pylist()) == ["hospital.example", "nobody.example"]


def test_the_file_of_other_targets_is_not_taken_for_that_of_a_shard(tmp_path: Path) -> None:
    folder = ShardFolder.begin(tmp_path / "found", PLAN, None)
    with serving() as server:
        scan_shard(Shard(0, ("a.example",)), ScanSettings(resolvers=(str(server.address),), processes=1), folder)

    with pytest.raises(InputError, match="other targets"):
        folder.result_of(Shard(0, ("b.example",)))


def test_a_file_that_cannot_be_read_is_done_again(tmp_path: Path) -> None:
    folder = ShardFolder.begin(tmp_path / "found", PLAN, None)
    folder.file_of(0).write_bytes(b"PAR1 torn")

    assert folder.result_of(Shard(0, ("a.example",))) is None


def test_a_machine_that_does_not_see_the_folder_says_so(tmp_path: Path) -> None:
    folder = ShardFolder.begin(tmp_path / "found", PLAN, None)
    elsewhere = ShardFolder(tmp_path / "other", folder.token, PLAN)

    with pytest.raises(SharedFolderError, match="does not see"):
        scan_shard(Shard(0, ("a.example",)), ScanSettings(), elsewhere)


def test_a_folder_in_which_there_is_something_is_not_begun_with(tmp_path: Path) -> None:
    (tmp_path / "last-week.parquet").touch()

    with pytest.raises(InputError, match="in which there is something"):
        ShardFolder.begin(tmp_path, PLAN, None)


def test_a_folder_is_resumed_by_its_account_and_has_none_when_it_is_finished(tmp_path: Path) -> None:
    folder = ShardFolder.begin(tmp_path / "found", PLAN, 7)

    assert ShardFolder.resume(folder.path) == folder
    folder.finish(0)
    assert list(folder.path.iterdir()) == []
    assert ShardFolder.resume(folder.path) is None


@pytest.mark.parametrize("account", [b"", b"{}", b'{"schema": "emblem.scan-folder/1", "plan": 1}'])
def test_what_is_no_account_is_refused(tmp_path: Path, account: bytes) -> None:
    (tmp_path / ".emblem-scan").write_bytes(account)

    with pytest.raises(InputError):
        ShardFolder.resume(tmp_path)


def test_files_of_more_shards_than_there_were_are_noticed(tmp_path: Path) -> None:
    folder = ShardFolder.begin(tmp_path / "found", PLAN, None)
    folder.file_of(5).touch()

    with pytest.raises(InputError, match="1 files"):
        folder.finish(0)


def test_what_a_lost_worker_left_unfinished_is_removed_at_the_end(tmp_path: Path) -> None:
    folder = ShardFolder.begin(tmp_path / "found", PLAN, None)
    (folder.path / ".part-00000000.parquet.0123456789abcdef.new").touch()

    folder.finish(0)

    assert list(folder.path.iterdir()) == []


def test_the_threads_of_a_cluster_share_the_rates() -> None:
    far = ScanSettings(resolvers=("192.0.2.53",), rate=5000)

    assert (shared(far, 10).rate, shared(far, 10).resolver_rate, shared(far, 10).processes) == (500, 100, 1)
    assert shared(ScanSettings(resolvers=("127.0.0.1",)), 10).resolver_rate is None
    assert shared(ScanSettings(resolvers=("127.0.0.1",), resolver_rate=50), 10).resolver_rate == 5


def test_the_targets_of_some_statuses_are_found_in_all_files(tmp_path: Path) -> None:
    folder = ShardFolder.begin(tmp_path / "found", PLAN, None)
    with serving() as server:
        settings = ScanSettings(resolvers=(str(server.address),), processes=1)
        for number, name in enumerate(("a.example", "b.example")):
            scan_shard(Shard(number, (name,)), settings, folder)

    assert list(folder.targets(2, frozenset({Status.UNMARKED}))) == [
        ("a.example", "unmarked"),
        ("b.example", "unmarked"),
    ]
    assert list(folder.targets(2, frozenset({Status.PROTECTED}))) == []
