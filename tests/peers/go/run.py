"""Runs swap/main.go and the official Go SDK against DCS_EMULATOR_URL."""

import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from judge import Judge, peers_directory, read, skip  # noqa: E402

RETRY = "WithRetry on every error: the SDK brings no condition of its own"


def main():
    if not shutil.which("go"):
        skip("go")
    directory = peers_directory("go")
    for name in ("go.mod", "go.sum"):
        shutil.copy(os.path.join(HERE, name), directory)
    for name in ("probe", "swap"):
        shutil.copytree(os.path.join(HERE, name), os.path.join(directory, name), dirs_exist_ok=True)
    module, version = next(
        line.split()[-2:] for line in read(os.path.join(HERE, "go.mod")).splitlines()
        if line.startswith("require ")
    )
    judge = Judge("go", f"{module.rsplit('/', 1)[1]} {version}", RETRY)

    def build(package):
        program = os.path.join(directory, "bin", package)
        subprocess.run(["go", "build", "-o", program, f"./{package}"], cwd=directory, check=True)
        return [program]

    judge.examine(build("swap"), build("probe"), directory)


main()
