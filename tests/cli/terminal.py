"""Runs a command on a terminal of its own (a pty), types into it, and tells as JSON what it showed and how it ended.

Started by command.mjs: terminal.py STEPS COMMAND...; STEPS is a JSON list of what to do, in order. Each step waits until
`see`, a regular expression, is on the screen since the last step; runs `after`, waits `after_ms`, and then types `type`, or
closes the terminal (`hangup`).
"""

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

LIMIT_SECONDS = 30


def main():
    steps, command = json.loads(sys.argv[1]), sys.argv[2:]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    end = time.monotonic() + LIMIT_SECONDS
    screen = ""
    since = 0
    while terminal is not None:
        while steps and (found := re.search(steps[0]["see"], screen[since:])):
            step = steps.pop(0)
            since += found.end()
            if step.get("after"):
                subprocess.run(step["after"], check=True, stdout=subprocess.DEVNULL)
            time.sleep(step.get("after_ms", 0) / 1000)
            if step.get("hangup"):
                os.close(terminal)
                terminal = None
                break
            os.write(terminal, step["type"].encode())
        if terminal is None:
            break
        if time.monotonic() > end:
            os.kill(pid, 9)
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                read = os.read(terminal, 65536)
            except OSError:  # nobody has the other end open any longer
                break
            if not read:
                break
            screen += read.decode(errors="replace")
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    print(json.dumps({"code": code, "screen": screen, "steps_left": len(steps)}))


main()
