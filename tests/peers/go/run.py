"""Runs the API reference's Go sample and the official Go SDK against DCS_EMULATOR_URL.

The sample stays unchanged but for its placeholders: the SDK itself takes another endpoint for a
region from the environment.
"""

import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from judge import Judge, peers_directory, read, skip, write  # noqa: E402

RETRY = "WithRetry on every error: the SDK brings no condition of its own"


def main():
    if not shutil.which("go"):
        skip("go")
    directory = peers_directory("go")
    for name in ("go.mod", "go.sum"):
        shutil.copy(os.path.join(HERE, name), directory)
    shutil.copytree(os.path.join(HERE, "probe"), os.path.join(directory, "probe"), dirs_exist_ok=True)
    module, version = next(
        line.split()[-2:] for line in read(os.path.join(HERE, "go.mod")).splitlines()
        if line.startswith("require ")
    )
    judge = Judge("go", f"{module.rsplit('/', 1)[1]} {version}", RETRY)
    os.environ["HUAWEICLOUD_SDK_REGION_DCS_CN_NORTH_4"] = judge.emulator.url

    def build(package):
        program = os.path.join(directory, "bin", package)
        subprocess.run(["go", "build", "-o", program, f"./{package}"], cwd=directory, check=True)
        return [program]

    def sample(project_id, instance_id):
        os.makedirs(os.path.join(directory, "sample"), exist_ok=True)
        replacements = {
            "{project_id}": project_id,
            "{instance_id}": instance_id,
            "<YOUR REGION>": "cn-north-4",
        }
        text = judge.render(read(os.path.join(HERE, "sample", "main.go")), replacements)
        write(os.path.join(directory, "sample", "main.go"), text)
        return build("sample")

    judge.examine(sample, build("probe"), directory)


main()
