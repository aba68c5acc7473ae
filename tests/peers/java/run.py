"""Runs Swap.java and the official Java SDK against DCS_EMULATOR_URL."""

import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from judge import Judge, peers_directory, read, skip, write  # noqa: E402

RETRY = "withRetry with the SDK's default condition"


def main():
    for tool in ("javac", "mvn"):
        if not shutil.which(tool):
            skip(tool)
    directory = peers_directory("java")
    pom = read(os.path.join(HERE, "pom.xml"))
    installed = os.path.join(directory, "pom.xml")
    jars = os.path.join(directory, "target", "dependency")
    if not (os.path.isdir(jars) and os.path.exists(installed) and read(installed) == pom):
        print("installing the Java SDK", flush=True)
        write(installed, pom)
        goal = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies"
        subprocess.run(["mvn", "-q", "-B", goal], cwd=directory, check=True)
    classes = os.path.join(directory, "classes")
    path = os.pathsep.join([classes, os.path.join(jars, "*")])
    version = re.search(r"huaweicloud-sdk-dcs</artifactId>\s*<version>([^<]+)", pom).group(1)
    judge = Judge("java", f"huaweicloud-sdk-dcs {version}", RETRY)

    def compiled(name):
        source = os.path.join(HERE, f"{name}.java")
        subprocess.run(["javac", "-cp", path, "-d", classes, source], check=True)
        return ["java", "-cp", path, name]

    judge.examine(compiled("Swap"), compiled("Probe"), directory)


main()
