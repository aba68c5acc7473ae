"""Runs swap.py and the official Python SDK against DCS_EMULATOR_URL.

Installs the SDK into a virtual environment of its own (PEERS_DIR, default target/peers/python).
"""

import os
import subprocess
import sys
import venv

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from judge import Judge, peers_directory, read, write  # noqa: E402

RETRY = "HttpConfig.retry_times"
REQUIREMENTS = os.path.join(HERE, "requirements.txt")


def install(directory):
    """A virtual environment with the SDK; kept as long as the requirements stay."""
    python = os.path.join(directory, "venv", "bin", "python")
    installed = os.path.join(directory, "installed.txt")
    wanted = read(REQUIREMENTS)
    if not (os.path.exists(installed) and read(installed) == wanted):
        print("installing", wanted.strip(), flush=True)
        venv.create(os.path.join(directory, "venv"), clear=True, with_pip=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", REQUIREMENTS], check=True)
        write(installed, wanted)
    return python


def main():
    directory = peers_directory("python")
    python = install(directory)
    judge = Judge("python", read(REQUIREMENTS).strip().replace("==", " "), RETRY)
    programs = ([python, os.path.join(HERE, name)] for name in ("swap.py", "probe.py"))
    judge.examine(*programs, directory)


main()
