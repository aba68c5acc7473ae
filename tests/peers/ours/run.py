"""Asks this package the same questions as the official SDKs, against DCS_EMULATOR_URL."""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from judge import Judge, read  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
RETRY = "retry.maxAttempts"


def main():
    manifest = json.loads(read(os.path.join(os.environ.get("DCS_PKG", f"{ROOT}/pkg"), "package.json")))
    judge = Judge("ours", f"{manifest['name']} {manifest['version']}", RETRY)

    programs = (["node", os.path.join(HERE, name)] for name in ("swap.mjs", "probe.mjs"))
    judge.examine(*programs, ROOT)


main()
