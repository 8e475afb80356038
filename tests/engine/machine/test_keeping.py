"""A machine in its repository: copied while it runs, killed meanwhile, and back on another one, with proof."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from tests.engine.conftest import Rig, image_cache
from tests.engine.machine.conftest import Box, order
from tests.engine.objectstorage.conftest import Storage
from tests.engine.objectstorage.conftest import order as order_storage

from souk.blueprints.machine import BLUEPRINT
from souk.blueprints.objectstorage import BLUEPRINT as OBJECT_STORAGE
from souk.engines import images
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import BackupKind, ConfigurationFailed, Declined, Fingerprint, Repository
from souk.settings import namespace

pytestmark = pytest.mark.engine

ARCHIVIST = BLUEPRINT.archivist
FULL, DIFFERENTIAL = BackupKind.FULL, BackupKind.DIFFERENTIAL

_FILES = """
set -e
useradd --create-home --shell /bin/bash amina
install -d -o amina -g amina -m 0750 /srv/atelier
cd /srv/atelier
printf 'été عربي\\n' > 'facture n°1.txt' && chown amina:amina 'facture n°1.txt' && chmod 0640 'facture n°1.txt'
ln 'facture n°1.txt' la-meme && ln -s 'facture n°1.txt' vers && mkfifo tuyau
truncate --size=300M creux && printf fin >> creux
python3 -c 'import os; os.setxattr("la-meme", "user.note", b"relu")'
cp /bin/ping compter && setcap cap_net_raw+ep compter
printf x > "$(printf 'nom\\\\n*[?]')"
echo garder > /root/garder && chmod 0600 /root/garder
mkdir -p /var/cache/souk-essai /root/.cache && echo non > /root/.cache/non
head -c 3000000 /dev/urandom > /srv/gros
"""

_SEEN = """
cd /srv/atelier
stat --format='%n %F %a %U %G %h %s' * && cat 'facture n°1.txt' && readlink vers && tail -c 3 creux
python3 -c 'import os; print(os.getxattr("la-meme", "user.note"))'
getcap compter && id amina && cat /root/garder && sha256sum /srv/gros
dpkg --verify openssh-server && dpkg-query --show | sha256sum
test "$(stat --format=%b creux)" -lt 1000 && echo creux
test "$(stat --format=%i la-meme)" = "$(stat --format=%i 'facture n°1.txt')" && echo meme
"""

_BUSY = """
cat > /srv/busy.sh <<'END'
mkdir -p /srv/busy; n=0
while sleep 0.05; do n=$((n + 1)); echo $n >> /srv/busy/log; touch /srv/busy/$n; rm -f /srv/busy/$((n - 5)); done
END
systemd-run --unit=busy bash /srv/busy.sh
sleep 1
"""

_FLIP = "import os; f = os.open('/srv/gros', os.O_RDWR); b = os.pread(f, 1, 9); os.pwrite(f, bytes([b[0] ^ 1]), 9)"
_FLIPPED = f"""t=$(stat --format=%y /srv/gros); python3 -c "{_FLIP}"; touch --date="$t" /srv/gros"""
_LIAR = """
printf '#!/bin/sh\\necho {\\"backups\\": [{\\"label\\": 1}]}\\n' > /usr/lib/souk/backups
chmod +x /usr/lib/souk/backups
"""
#: What is done to a copy, how it is undone, and where it must be found.
_HARM = (
    (_FLIPPED, _FLIPPED, "/srv/gros"),
    ("chown root /srv/atelier/la-meme", "chown amina /srv/atelier/la-meme", "/srv/atelier"),
    ("mv /usr/bin/pgrep /tmp", "mv /tmp/pgrep /usr/bin", "/usr/bin"),
    ("touch /etc/more", "rm /etc/more", "/etc/more"),
)


@dataclass
class Kept:
    """A machine with a repository of its own."""

    box: Box
    repository: Repository = field(repr=False)

    def attach(self) -> None:
        """Tell the machine of it."""
        ARCHIVIST.attach(self.box, self.box.wanted, self.repository)

    def back_up(self, label: str, kind: BackupKind = DIFFERENTIAL) -> None:
        """Make a backup."""
        ARCHIVIST.back_up(self.box, self.box.wanted, kind, label)

    def labels(self) -> dict[str, BackupKind]:
        """What the repository holds."""
        return {label: found.kind for label, found in ARCHIVIST.backups(self.box, self.box.wanted).items()}

    def root(self, script: str, *, fails: bool = False) -> str:
        """Run a shell script as root; what it says."""
        done = self.box.execute(["bash", "-s"], stdin=script.encode(), timeout=120)
        assert fails or done.exit_code == 0, done
        return done.stdout


@pytest.fixture(scope="module")
def storage(incus: IncusEngine) -> Iterator[Storage]:
    """One object storage that the module's tests share."""
    images.ensure(incus, OBJECT_STORAGE.recipe, image_cache())
    rig = Rig(incus, namespace.current())
    try:
        made = order_storage(rig, OBJECT_STORAGE.recipe.alias)
        made.configure()
        yield made
    finally:
        rig.clear()


@pytest.fixture(scope="module")
def kept(
    incus: IncusEngine, machine_image: str, storage: Storage, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kept]:
    """One machine with files of every kind and a repository, which the module's tests share."""
    rig = Rig(incus, namespace.current())
    try:
        box = order(rig, machine_image, tmp_path_factory.mktemp("kept"), 20)
        box.configure()
        key = storage.grant("mc_kept01")
        repository = storage.repository(key)
        made = Kept(box, repository)
        made.root(_FILES)
        made.attach()
        yield made
    finally:
        rig.clear()


@pytest.fixture(scope="module")
def copied(kept: Kept) -> tuple[str, Fingerprint]:
    """What the machine holds, and checksums over it made with a backup while it goes on."""
    kept.back_up("one")
    kept.root("echo mieux > /root/garder; touch /srv/atelier/plus")
    kept.back_up("two")
    kept.back_up("two")
    assert kept.labels() == {"one": FULL, "two": DIFFERENTIAL}
    kept.root(_BUSY)
    was = ARCHIVIST.mark(kept.box, kept.box.wanted, "mark-1", 7)
    kept.root("systemctl stop busy")
    return kept.root(_SEEN), was


@pytest.fixture(scope="module")
def other(incus: IncusEngine, machine_image: str, kept: Kept, copied: tuple[str, Fingerprint]) -> Iterator[Box]:
    """A new machine with its files, on which nothing runs yet."""
    rig = Rig(incus, namespace.current())
    try:
        made = order(rig, machine_image, kept.box.folder, 21)
        made.execute(["touch", "/root/of-before", "/of-before"])
        ARCHIVIST.restore(made, made.wanted, kept.repository, None, "mark-1")
        ARCHIVIST.restore(made, made.wanted, kept.repository, None, "mark-1")
        yield made
    finally:
        rig.clear()


def test_a_proof_finds_nothing_though_the_machine_went_on_and_then_each_difference(
    other: Box, copied: tuple[str, Fingerprint]
) -> None:
    _seen, was = copied

    def differences() -> list[str]:
        return was.differences(ARCHIVIST.fingerprint(other, other.wanted, was.extent))

    assert differences() == []
    assert was.extent.share > 10
    assert {"/etc/passwd", "/usr/bin", "/srv/atelier", "/srv/gros"} <= set(was.tables)
    for harm, heal, found in _HARM:
        assert other.execute(["bash", "-ec", harm]).exit_code == 0
        assert differences() == [found]
        assert other.execute(["bash", "-ec", heal]).exit_code == 0
    assert differences() == []


def test_a_machine_is_back_as_another_one_with_all_of_its_files_and_a_name_of_its_own(
    kept: Kept, other: Box, copied: tuple[str, Fingerprint]
) -> None:
    other.engine.stop(other.spec.name, force=True)
    other.engine.start(other.spec.name)
    other.configure()
    seen, _was = copied
    assert other.execute(["bash", "-s"], stdin=_SEEN.encode()).stdout == seen
    assert other.execute(["systemctl", "is-system-running", "--wait"]).stdout == "running\n"
    assert other.wanted.identity != kept.box.wanted.identity
    assert other.execute(["cat", "/etc/machine-id"]).stdout != kept.root("cat /etc/machine-id")
    assert other.ssh("hostname").stdout == f"{other.spec.name}\n"
    assert other.ssh("true", key=kept.box.key).exit_code == 255
    assert other.ssh("sudo", "ls", "-A", "/").stdout.split() == kept.root("ls -A /").split()
    assert other.execute(["ls", "/root/.cache/non", "/root/of-before"]).exit_code == 2
    words = (kept.repository.passphrase, kept.repository.secret_key)
    leaked = "grep -rlF -e {} -e {} /etc /var /usr/lib/souk /run /root".format(*words)
    assert other.execute(["sh", "-c", leaked]).stdout == ""
    with pytest.raises(ConfigurationFailed, match="in use"):
        ARCHIVIST.restore(other, other.wanted, kept.repository, None)


def test_a_backup_that_was_killed_is_made_again_and_leaves_no_lock(kept: Kept) -> None:
    kept.root("head -c 200000000 /dev/urandom > /srv/immense")
    trouble: list[ConfigurationFailed] = []

    def copy() -> None:
        try:
            kept.back_up("killed")
        except ConfigurationFailed as error:
            trouble.append(error)

    copying = threading.Thread(target=copy)
    copying.start()
    kill = "for _ in $(seq 300); do pgrep --full 'restic .*backup /' > /dev/null && break; sleep 0.1; done; sleep 1.5;"
    kept.root(kill + "pkill --signal KILL restic")
    copying.join()
    assert trouble
    assert "killed" not in kept.labels()
    kept.back_up("killed")
    assert "killed" in kept.labels()
    kept.root("rm /srv/immense")


def test_what_is_older_than_the_retention_is_forgotten_with_the_marks(kept: Kept) -> None:
    kept.back_up("three", FULL)
    kept.back_up("four")
    ARCHIVIST.expire(kept.box, kept.box.wanted, 1)
    assert kept.labels() == {"three": FULL, "four": DIFFERENTIAL}
    document = json.dumps({"do": "show"}).encode()
    listed = kept.box.execute(["/usr/lib/souk/backups"], stdin=document).stdout
    assert "mark-1" not in listed


def test_a_machine_whose_disk_is_full_is_backed_up(kept: Kept) -> None:
    kept.root(
        "rm -rf /var/cache/souk; dd if=/dev/zero of=/srv/plein bs=1M; sync; head -c 100000 /dev/zero > /srv/rien",
        fails=True,
    )
    kept.back_up("full-disk")
    kept.root("rm -f /srv/plein /srv/rien")
    assert "full-disk" in kept.labels()


def test_what_does_not_fit_is_declined(rig: Rig, machine_image: str, kept: Kept) -> None:
    small = order(rig, machine_image, kept.box.folder, 23)
    # Until nothing fits, then a little less: how much that is depends on what the image shares.
    fill = "head -c 100M /dev/urandom > /srv/peu; sync; head -c 9G /dev/urandom > /srv/plein; sync; rm /srv/peu; sync"
    small.execute(["sh", "-c", fill], timeout=120)
    with pytest.raises(Declined, match="too small"):
        ARCHIVIST.restore(small, small.wanted, kept.repository, None)


def test_root_who_takes_what_makes_backups_away_is_told_so_and_harms_nobody(kept: Kept) -> None:
    kept.root("mv /usr/lib/souk/backups /usr/lib/souk/backups.away")
    with pytest.raises(Declined, match="older"):
        kept.back_up("none")
    kept.root(_LIAR)
    with pytest.raises(ConfigurationFailed, match="does not tell"):
        kept.labels()
    kept.root("mv /usr/lib/souk/backups.away /usr/lib/souk/backups")
