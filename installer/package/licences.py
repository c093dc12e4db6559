"""The licences of everything a package carries: an overview and the texts, for the folder `licences` of the program."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

_TEXT = re.compile(r"(?i)(^|/)(licen[cs]es?|copying|notice|authors|copyright)[^/]*($|/)")
#: Texts that the wheels leave out although their licence asks for them.
OWN_TEXTS = Path(__file__).parent / "texts"
FOLDER = "licences"


def distributions_of(modules: Iterable[str]) -> list[Distribution]:
    """Return the installed distributions that these modules come from, by name; the program itself is none of them."""
    tops = {module.split(".")[0] for module in modules}
    owners = {owner for top, owners in packages_distributions().items() if top in tops for owner in owners}
    found = [distribution(owner) for owner in owners]
    return sorted((d for d in found if d.name != "juesuan"), key=lambda d: d.name.lower())


def overview(found: Iterable[Distribution]) -> str:
    """Return one line for each distribution: name, version, licence, where it comes from."""
    lines = [f"CPython {sys.version.split()[0]} · PSF-2.0 · https://www.python.org/"]
    for item in found:
        lines.append(f"{item.name} {item.version} · {_licence(item)} · {_address(item)}")
    return "本软件包随带下列组件，许可全文在本文件夹中：\n\n" + "\n".join(lines) + "\n"


def collect(modules: Iterable[str], target: Path) -> list[tuple[str, str, str]]:
    """Write the overview into the target folder and return PyInstaller's entries for it and for the texts."""
    found = distributions_of(modules)
    target.mkdir(parents=True, exist_ok=True)
    summary = target / "README.txt"
    summary.write_text(overview(found), "utf-8")
    entries = [(f"{FOLDER}/README.txt", str(summary), "DATA")]
    for item in found:
        texts = [file for file in item.files or () if ".dist-info/" in str(file) and _TEXT.search(str(file))]
        for file in texts:
            inside = str(file).replace("\\", "/").split(".dist-info/", 1)[1]
            entries.append((f"{FOLDER}/{item.name}/{inside}", str(item.locate_file(file)), "DATA"))
    entries += [(f"{FOLDER}/{text.name}", str(text), "DATA") for text in sorted(OWN_TEXTS.iterdir())]
    return entries


def _licence(item: Distribution) -> str:
    meta = item.metadata
    named = _field(item, "License-Expression") or _field(item, "License")
    if named and len(named) < 80:
        return " ".join(named.split())
    kinds = [value.rsplit("::", 1)[1].strip() for value in meta.get_all("Classifier") or () if "License ::" in value]
    return "、".join(kinds) or "见许可全文"


def _address(item: Distribution) -> str:
    urls = [value.split(",", 1)[1].strip() for value in item.metadata.get_all("Project-URL") or () if "," in value]
    return _field(item, "Home-page") or next(iter(urls), f"https://pypi.org/project/{item.name}/")


def _field(item: Distribution, name: str) -> str:
    return str(item.metadata[name]) if name in item.metadata else ""
