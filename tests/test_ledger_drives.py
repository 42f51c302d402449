"""Where a ledger lies: network drives and synced folders are told by the spelling of a path and by what the system says.

Windows and Macs cannot be tried here: their paths and what their systems say are written down.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workflow.ledger import drives, network_warning
from workflow.ledger.drives import Surroundings, mounted, network_drive, synced_by, warning_for

MOUNTS = mounted(
    "sysfs /sys sysfs rw 0 0\n"
    "/dev/vda / ext4 rw,relatime 0 0\n"
    "tmpfs /run tmpfs rw 0 0\n"
    "server:/home /home nfs4 rw,vers=4.2 0 0\n"
    "/dev/vdb /home/local ext4 rw 0 0\n"
    "//server/share /mnt/csp\\040returns cifs rw,vers=3.0 0 0\n"
    "systemd-1 /net autofs rw 0 0\n"
    "server:/net /net nfs rw 0 0\n"
    "server:/old /later nfs rw 0 0\n"
    "/dev/vdc /later ext4 rw 0 0\n"
    "lead@host:/x /media/host fuse.sshfs rw 0 0\n"
    "C:\\134 /mnt/c 9p rw 0 0\n"
    "/dev/sdb1 /media/stick fuseblk rw 0 0\n"
    "short\n"
)
LINUX = Surroundings(MOUNTS)
ONEDRIVE = Surroundings(synced=("C:\\Users\\lead\\OneDrive - Borough", "D:\\Work\\"))
NOTHING = Surroundings()


@pytest.mark.parametrize(
    ("path", "drive"),
    [
        ("/srv/csp/ledger.sqlite", ""),
        ("/home/lead/csp/ledger.sqlite", "nfs4"),
        ("/home/local/csp/ledger.sqlite", ""),
        ("/home/locals/csp/ledger.sqlite", "nfs4"),
        ("/homes/csp/ledger.sqlite", ""),
        ("/mnt/csp returns/ledger.sqlite", "cifs"),
        ("/mnt/csp/ledger.sqlite", ""),
        ("/net/csp/ledger.sqlite", "nfs"),  # mounted on demand: the last of one folder counts
        ("/later/ledger.sqlite", ""),
        ("/media/host/ledger.sqlite", "fuse.sshfs"),
        ("/mnt/c/csp/ledger.sqlite", "9p"),
        ("/media/stick/ledger.sqlite", ""),
        ("/", ""),
    ],
)
def test_network_drives_of_linux(path: str, drive: str) -> None:
    assert network_drive(path, LINUX) == drive
    assert drive in warning_for(path, LINUX)
    assert bool(warning_for(path, LINUX)) == bool(drive)


@pytest.mark.parametrize(
    ("path", "remote", "drive"),
    [
        ("\\\\server\\share\\csp\\ledger.sqlite", False, "\\\\server\\share"),
        ("//server/share/csp/ledger.sqlite", False, "\\\\server\\share"),
        ("\\\\?\\UNC\\server\\share\\ledger.sqlite", False, "\\\\server\\share"),
        ("\\\\?\\unc\\server\\share\\ledger.sqlite", False, "\\\\server\\share"),
        ("\\\\?\\C:\\csp\\ledger.sqlite", False, ""),
        ("\\\\.\\C:\\csp\\ledger.sqlite", False, ""),
        ("C:\\csp\\ledger.sqlite", False, ""),
        ("C:/csp/ledger.sqlite", False, ""),
        ("Z:\\csp\\ledger.sqlite", True, "Z:"),
        ("\\\\?\\Z:\\csp\\ledger.sqlite", True, "Z:"),
    ],
)
def test_network_drives_of_windows(path: str, remote: bool, drive: str) -> None:
    assert network_drive(path, Surroundings(remote=remote)) == drive
    assert bool(warning_for(path, Surroundings(remote=remote))) == bool(drive)


@pytest.mark.parametrize(
    ("path", "program"),
    [
        ("C:\\Users\\lead\\OneDrive\\csp\\ledger.sqlite", "OneDrive"),
        ("C:\\Users\\lead\\OneDrive - Borough Council\\ledger.sqlite", "OneDrive"),
        ("c:/users/lead/onedrive/ledger.sqlite", "OneDrive"),
        ("D:\\work\\csp\\ledger.sqlite", "OneDrive"),  # as the environment says
        ("D:\\workshop\\ledger.sqlite", ""),
        ("C:\\Users\\lead\\Documents\\ledger.sqlite", ""),
        ("C:\\Users\\lead\\Documents\\OneDrive.sqlite", ""),
        ("C:\\Users\\lead\\About OneDrive\\ledger.sqlite", ""),
        ("C:\\Users\\lead\\OneDriveless\\ledger.sqlite", ""),
        ("C:\\Users\\lead\\Dropbox\\ledger.sqlite", "Dropbox"),
        ("C:\\Users\\lead\\Dropbox (Borough)\\ledger.sqlite", "Dropbox"),
        ("C:\\Users\\lead\\iCloudDrive\\ledger.sqlite", "iCloud"),
        ("G:\\My Drive\\csp\\ledger.sqlite", "Google Drive"),
        ("G:\\Shared drives\\csp\\ledger.sqlite", "Google Drive"),
        ("C:\\csp\\My Drive\\ledger.sqlite", ""),
        ("\\\\?\\C:\\Users\\lead\\OneDrive\\ledger.sqlite", "OneDrive"),
        ("/Users/lead/Library/CloudStorage/OneDrive-Borough/ledger.sqlite", "OneDrive"),
        ("/Users/lead/Library/CloudStorage/GoogleDrive-lead@police.example/My Drive/ledger.sqlite", "Google Drive"),
        ("/Users/lead/Library/CloudStorage/Egnyte-borough/ledger.sqlite", "a cloud program"),
        ("/Users/lead/Library/Mobile Documents/com~apple~CloudDocs/ledger.sqlite", "iCloud"),
        ("/Users/lead/Google Drive/ledger.sqlite", "Google Drive"),
        ("/home/lead/Dropbox/ledger.sqlite", "Dropbox"),
        ("/home/lead/Nextcloud/ledger.sqlite", "Nextcloud"),
        ("/home/lead/csp/ledger.sqlite", ""),
        ("/home/lead/a\\OneDrive\\b/ledger.sqlite", ""),  # a backslash is a letter like any other here
    ],
)
def test_synced_folders(path: str, program: str) -> None:
    assert synced_by(path, ONEDRIVE) == program
    assert program in warning_for(path, ONEDRIVE)
    assert bool(warning_for(path, ONEDRIVE)) == bool(program)


def test_a_warning_is_one_loud_sentence() -> None:
    for path in ("//server/share/ledger.sqlite", "/home/lead/Dropbox/ledger.sqlite"):
        said = warning_for(path, NOTHING)
        assert said.startswith("WARNING: ")
        assert said.count(". ") == 0
        assert said.endswith(".")


def test_octal_letters_in_the_list_of_mounts() -> None:
    assert mounted("x /a\\040b\\011c\\134d nfs rw 0 0") == (("/a b\tc\\d", "nfs"),)
    assert mounted("") == ()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no list of mounts")
def test_the_list_of_mounts_of_this_computer_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = tmp_path / "ledger.sqlite"
    listed = tmp_path / "mounts"
    monkeypatch.setattr(drives, "_MOUNTS", listed)
    for name in [name for name in os.environ if name.startswith("OneDrive")]:
        monkeypatch.delenv(name)
    assert network_warning(ledger) == ""
    listed.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/x {tmp_path} nfs rw 0 0\n")
    assert "nfs" in network_warning(ledger)
    listed.write_text("/dev/vda / ext4 rw 0 0\n")
    assert network_warning(ledger) == ""
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path))
    assert "OneDrive" in network_warning(ledger)


@pytest.mark.skipif(os.name == "nt", reason="making links is not for everybody on Windows")
def test_a_folder_that_is_a_link_into_a_synced_one(tmp_path: Path) -> None:
    (tmp_path / "Dropbox" / "csp").mkdir(parents=True)
    (tmp_path / "here").symlink_to(tmp_path / "Dropbox" / "csp", target_is_directory=True)
    assert "Dropbox" in network_warning(tmp_path / "here" / "ledger.sqlite")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    assert network_warning(tmp_path / "round" / "ledger.sqlite") == ""
