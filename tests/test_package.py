"""The built wheel: it carries config/, rules/ and spiders/ byte for byte, and works where there is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from pricewatch.workspace.starter import PARTS, init

CHECKOUT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.xdist_group("package")


def _tracked(*below: str) -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z", *below], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return sorted(name for name in done.stdout.split("\0") if name and (CHECKOUT / name).is_file())


def _files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of what git knows, with an untracked secret lying beside it that must not get in."""
    source = tmp_path_factory.mktemp("source")
    for name in _tracked():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((CHECKOUT / name).read_bytes())
    (source / "config" / "secrets.local.yaml").write_text("token: abc\n")
    (source / "data").mkdir()
    (source / "data" / "state.txt").write_text("x")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(source / "dist"), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that knows the wheel and its dependencies but not the checkout: no network, nothing installed twice."""
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home, with_pip=False, symlinks=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # A line in a .pth file is a folder to search; the .pth files in that folder, an editable install among them, are not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin" / "python"


def _run(python: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PRICEWATCH_", "VIRTUAL_ENV"))}
    return subprocess.run([str(python), *arguments], cwd=cwd, env=clean, capture_output=True, text=True, check=False)


def test_the_template_in_the_wheel_is_what_git_knows_byte_for_byte(wheel: Path):
    prefix = "pricewatch/_template/"
    with zipfile.ZipFile(wheel) as archive:
        packaged = {name.removeprefix(prefix): archive.read(name) for name in archive.namelist() if name.startswith(prefix)}
    assert packaged == {name: (CHECKOUT / name).read_bytes() for name in _tracked(*PARTS)}
    assert packaged


def test_the_wheel_holds_the_package_and_its_licence_and_nothing_else(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    code = {name for name in names if name.startswith("pricewatch/") and not name.startswith("pricewatch/_template/")}
    assert code == set(_tracked("pricewatch"))
    rest = {name for name in names if not name.startswith("pricewatch/")}
    assert all(name.split("/")[0].endswith(".dist-info") for name in rest)
    assert any(name.endswith("licenses/LICENSE") for name in rest)


def test_the_installed_package_is_the_wheels_and_the_users_folders_are_no_packages(elsewhere: Path, tmp_path: Path):
    found = "[name for name in ('spiders', 'rules', 'tests') if util.find_spec(name)]"
    program = f"import pricewatch; from importlib import util; print(pricewatch.__file__, {found})"
    done = _run(elsewhere, "-c", program, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    file, packages = done.stdout.split(" ", 1)
    assert Path(file).is_relative_to(elsewhere.parent.parent)
    assert packages.strip() == "[]"


def test_init_from_the_wheel_gives_the_tree_that_init_from_the_checkout_gives(elsewhere: Path, tmp_path: Path):
    done = _run(elsewhere, "-m", "pricewatch", "init", "shop", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    init(tmp_path / "from-checkout")
    assert _files(tmp_path / "shop") == _files(tmp_path / "from-checkout")


def test_a_new_workspace_loads_without_problems_where_there_is_no_checkout(elsewhere: Path, tmp_path: Path):
    assert _run(elsewhere, "-m", "pricewatch", "init", ".", cwd=tmp_path).returncode == 0
    done = _run(elsewhere, "-m", "pricewatch", "rules", "check", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("all right\n")
