"""Runs the API reference's Java sample and the official Java SDK against DCS_EMULATOR_URL.

The sample stays unchanged but for its placeholders: the SDK itself takes another endpoint for a
region from the environment.
"""

import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from judge import Judge, peers_directory, read, skip, write  # noqa: E402

RETRY = "withRetry with the SDK's default condition"
SAMPLE = "ChangeMasterStandbyAsyncSolution"


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
    os.environ["HUAWEICLOUD_SDK_REGION_DCS_CN_NORTH_4"] = judge.emulator.url

    def compiled(source, name):
        subprocess.run(["javac", "-cp", path, "-d", classes, source], check=True)
        return ["java", "-cp", path, name]

    def sample(project_id, instance_id):
        replacements = {
            "{project_id}": project_id,
            "{instance_id}": instance_id,
            "<YOUR REGION>": "cn-north-4",
        }
        source = os.path.join(directory, f"{SAMPLE}.java")
        write(source, judge.render(read(os.path.join(HERE, f"{SAMPLE}.java")), replacements))
        return compiled(source, f"com.huaweicloud.sdk.test.{SAMPLE}")

    judge.examine(sample, compiled(os.path.join(HERE, "Probe.java"), "Probe"), directory)


main()
