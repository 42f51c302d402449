"""Where the ledger lies: on a network drive or in a synced folder it is in danger, and that is said loudly.

SQLite asks the drive for locks, and the drives of networks do not always give them ("How To Corrupt An SQLite Database
File", section 2, at sqlite.org). A program that keeps a folder in step copies the ledger in the middle of a run, or makes
two of it. Windows could not be tried here. On a Mac only synced folders are told.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_MOUNTS = Path("/proc/mounts")
_WINDOWS = re.compile(r"[A-Za-z]:|[\\/]{2}")
_LONG_UNC, _LONG, _DEVICE = "\\\\?\\UNC\\", "\\\\?\\", "\\\\.\\"
# Types of mounted drives behind which there is another computer (or, for the last line, the host of a virtual one).
_REMOTE = frozenset({
    "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "afpfs", "coda", "davfs", "ceph", "glusterfs",
    "lustre", "beegfs", "gpfs", "ocfs2", "gfs2", "fuse.sshfs", "fuse.rclone", "fuse.davfs", "fuse.gvfsd-fuse", "fuse.kio-fuse",
    "fuse.glusterfs", "fuse.ceph-fuse", "fuse.s3fs", "fuse.gcsfuse", "fuse.smbnetfs", "fuse.curlftpfs", "fuse.onedriver",
    "fuse.google-drive-ocamlfuse",
    "9p", "vboxsf", "fuse.vmhgfs-fuse", "vmhgfs", "prl_fs",
})  # fmt: skip
_SYNCED_NAMES = {
    "onedrive": "OneDrive", "dropbox": "Dropbox", "google drive": "Google Drive", "googledrive": "Google Drive",
    "iclouddrive": "iCloud", "icloud drive": "iCloud", "mobile documents": "iCloud", "nextcloud": "Nextcloud",
    "owncloud": "ownCloud", "box sync": "Box",
}  # fmt: skip
_SYNCED_STARTS = {"onedrive - ": "OneDrive", "dropbox (": "Dropbox"}  # then the name of the organisation
_GOOGLES_DRIVE = {"my drive", "shared drives"}  # the two folders of the drive that Google's program makes


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What has to be known of a computer to tell where a path lies."""

    mounts: Sequence[tuple[str, str]] = ()  # folder and type of every mounted drive, in the order of mounting
    synced: Sequence[str] = ()  # folders that OneDrive says are its own
    remote: bool = False  # whether Windows calls the path's drive a network drive


def network_warning(path: Path) -> str:
    """One loud sentence where the ledger at `path` lies on a network drive or in a synced folder; "" where it does not."""
    spellings = [Path.absolute(path)]
    with suppress(OSError, RuntimeError):  # a link that leads round in a circle, a drive that does not answer
        spellings.append(path.resolve())
    for spelling in spellings:
        text = str(spelling) if os.name == "nt" else re.sub("^/+", "/", str(spelling))
        if said := warning_for(text, _surroundings(spelling)):
            return said
    return ""


def warning_for(path: str, around: Surroundings) -> str:
    """The sentence for the file at an absolute path, written as its own system writes it; "" where it needs none."""
    if drive := network_drive(path, around):
        return (
            f"WARNING: the ledger lies on a network drive ({drive}), where a lost connection or two runs at once can damage it:"
            " move the workspace to a disk of this computer, or see that one person at a time runs workflow there and keep the"
            " folder backups."
        )
    if program := synced_by(path, around):
        return (
            f"WARNING: the ledger lies in a folder that {program} keeps in step with other computers, which can damage it or"
            " leave two ledgers that disagree: move the workspace to a folder that is not synced, or run workflow on one"
            f" computer only and let {program} finish before and after."
        )
    return ""


def network_drive(path: str, around: Surroundings) -> str:
    """What network drive a path lies on: the name of a share, or the type of the drive; "" where it is none."""
    if _WINDOWS.match(path):
        parts = _parts(path)
        if path.startswith(("\\\\", "//")) and not path.startswith(_DEVICE) and not re.match(r"\\\\\?\\(?!UNC\\)", path, re.I):
            return "\\\\" + "\\".join(parts[:2])
        return parts[0] if around.remote else ""
    best, kind = "", ""
    for folder, its_kind in around.mounts:
        if len(folder) >= len(best) and (folder in {"/", path} or path.startswith(f"{folder}/")):
            best, kind = folder, its_kind
    return kind if kind in _REMOTE else ""


def synced_by(path: str, around: Surroundings) -> str:
    """The program that keeps the folder of a path in step with other computers; "" where none is known to."""
    folders = [part.casefold() for part in _parts(path)[:-1]]
    for root in around.synced:
        above = [part.casefold() for part in _parts(root)]
        if above and folders[: len(above)] == above:
            return "OneDrive"
    if _WINDOWS.match(path) and folders[1:2] and folders[1] in _GOOGLES_DRIVE:
        return "Google Drive"
    for before, name in zip(["", *folders], folders, strict=False):
        if before == "cloudstorage":  # on a Mac: "OneDrive-Organisation", "GoogleDrive-address"
            return _SYNCED_NAMES.get(name.partition("-")[0], "a cloud program")
        known = _SYNCED_NAMES.get(name) or next((v for start, v in _SYNCED_STARTS.items() if name.startswith(start)), "")
        if known:
            return known
    return ""


def mounted(text: str) -> tuple[tuple[str, str], ...]:
    """Folder and type of each mounted drive, from the text of /proc/mounts (fstab(5): what is no plain character is octal)."""
    found = []
    for line in text.splitlines():
        fields = line.split(" ")
        if len(fields) >= 3:
            found.append((re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), fields[1]), fields[2]))
    return tuple(found)


def _parts(path: str) -> list[str]:
    """The names that a path is made of. Backslashes separate names in paths of Windows only."""
    if not _WINDOWS.match(path):
        return [part for part in path.split("/") if part]
    for start in (_LONG_UNC, _LONG, _DEVICE):
        if path.casefold().startswith(start.casefold()):
            path = path[len(start) :]
            break
    return [part for part in re.split(r"[\\/]", path) if part]


def _surroundings(path: Path) -> Surroundings:
    mounts: tuple[tuple[str, str], ...] = ()
    if os.name != "nt":
        with suppress(OSError):
            mounts = mounted(os.fsdecode(_MOUNTS.read_bytes()))
    return Surroundings(mounts, _synced(os.environ), _is_remote(path))


def _synced(environment: Mapping[str, str]) -> tuple[str, ...]:
    """OneDrive, OneDriveConsumer and OneDriveCommercial are what its program sets."""
    return tuple(value for name, value in environment.items() if name.casefold().startswith("onedrive") and value.strip())


def _is_remote(path: Path) -> bool:
    """Whether Windows calls the drive a network drive (GetDriveTypeW: 4)."""
    if sys.platform != "win32" or not path.drive:
        return False
    import ctypes  # noqa: PLC0415 - there is something to ask on Windows only

    return bool(ctypes.windll.kernel32.GetDriveTypeW(f"{path.drive}\\") == 4)
