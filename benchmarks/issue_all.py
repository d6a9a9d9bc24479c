"""Signing ten thousand hosts against the bare signatures of the same run and the writing of the files (in TMPDIR)."""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from emblem.codec.cwt import decode_token
from emblem.issuance.token_files import read_emblem_file, token_file_data
from emblem.issuance.workspace.emblems import digest_of, file_name
from emblem.issuance.workspace.files import write_files
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.issuing import BATCH, find_work, issue_hosts
from emblem.issuance.workspace.ledger import Action, Ledger
from emblem.issuance.workspace.settings import Settings
from emblem.keys.algorithms import KeyKind, default_algorithm
from emblem.keys.signing import SoftwareSigner
from emblem.model.organization import Organization
from emblem.model.sign import Sign

HOSTS = 10_000
ROUNDS = 3
_SETTINGS = Settings(Organization("relief.example"), Sign.RED_CROSS)


def main() -> None:
    """Print how long signing takes, what of it is bare, and what a second run takes."""
    print(f"issue --all: {HOSTS} hosts, ES256, seconds of processor time, median of {ROUNDS} rounds")
    signer = SoftwareSigner.generate(default_algorithm(KeyKind.P256))
    rounds = [_round(signer) for _ in range(ROUNDS)]
    whole, bare, writing, second, ratio = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"  first run                        {whole:6.2f}")
    print(f"    bare signatures                {bare:6.2f}")
    print(f"    writing the files and ledger   {writing:6.2f}")
    print(f"    without the writing: {ratio:.2f} times the bare signatures")
    print(f"  second run, which signs nothing  {second:6.2f}")
    print(f"  memory at most                   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")


def _round(signer: SoftwareSigner) -> tuple[float, float, float, float, float]:
    """The seconds of a first run, of its signatures alone, of its writing alone, and of a second run; the ratio."""
    at = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.create(Path(folder) / "measured", _SETTINGS)
        workspace.inventory.write_text("host\n" + "".join(f"host{number}.relief.example\n" for number in range(HOSTS)))

        def run() -> None:
            hosts = workspace.read_inventory().hosts
            due = find_work(workspace, hosts, signer.public_key, at).due
            for _ in issue_hosts(workspace, [one.host for one in due], signer, at):
                pass

        whole = _seconds(run)
        second = _seconds(run)
        hosts = workspace.read_inventory().hosts
        tokens = [read_emblem_file(workspace.tokens / file_name(host)).data for host in hosts]
        decoded = [decode_token(token) for token in tokens]
        messages = [token.signed for token in decoded]
        other = Workspace.create(Path(folder) / "written", _SETTINGS)
        ledger = Ledger(other.ledger)

        def write() -> None:
            for start in range(0, HOSTS, BATCH):
                part = slice(start, start + BATCH)
                files = [
                    (file_name(host), token_file_data(token, read.claims, signer.public_key))
                    for host, token, read in zip(hosts[part], tokens[part], decoded[part], strict=True)
                ]
                named = {host.name: digest_of(token) for host, token in zip(hosts[part], tokens[part], strict=True)}
                write_files(other.tokens, files, lambda named=named: ledger.append(Action.ISSUED, at, {"hosts": named}))  # type: ignore[misc]

        writing = _seconds(write)
        bare = _seconds(lambda: [signer.sign(message) for message in messages])
    return whole, bare, writing, second, (whole - writing) / bare


def _seconds(work: Callable[[], object]) -> float:
    """Of this processor, not of the clock on the wall: others may be busy, too, and disks differ."""
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
