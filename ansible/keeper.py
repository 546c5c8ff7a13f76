"""Runs one program and ends it, with everything it started, as soon as nobody holds our standard input open.

usage: keeper.py [--remove FOLDER]... -- PROGRAM [ARGUMENT]...

The starter keeps the other end of standard input open for as long as it lives and wants the program to run. A killed
starter closes it too, which no signal handler could promise. Workers of ansible-playbook and ssh's control masters leave
the process group, so a group kill does not reach them: the keeper is their subreaper (Linux) and walks the process tree.
Folders named by --remove are removed at the end, in every case but a kill of the keeper itself.
File descriptor 3 is passed on to the program. Exit code: the program's, 128 + N after signal N.
"""

import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
GRACE_SECONDS = 2.0
GIVE_UP_SECONDS = 10.0


def main(arguments):
    split = arguments.index("--")
    folders = [value for flag, value in zip(arguments[:split:2], arguments[1:split:2]) if flag == "--remove"]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: os._exit(end_everything(None, folders)))
    become_subreaper()
    # a wake-up descriptor, because select alone would not notice the end of the program
    woken, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker)
    program = subprocess.Popen(
        arguments[split + 1 :],
        stdin=subprocess.DEVNULL,
        pass_fds=[3] if is_open(3) else [],
        start_new_session=True,
    )
    while program.poll() is None:
        ready, _, _ = select.select([0, woken], [], [], 5)
        if woken in ready:
            os.read(woken, 4096)
        if 0 in ready and os.read(0, 4096) == b"":
            break
    return end_everything(program, folders)


def end_everything(program, folders):
    """Ends what is left of the process tree, removes the folders and returns the exit code."""
    code = program.returncode if program else None
    started = time.monotonic()
    while True:
        left = descendants(os.getpid())
        waited = time.monotonic() - started
        if not left or waited > GIVE_UP_SECONDS:
            break
        number = signal.SIGTERM if waited < GRACE_SECONDS and code is not None else signal.SIGKILL
        # an abandoned program gets no say: its remote side is cut off at once, and the host's own units go on
        for pid in left:
            send(pid, number)
        reap()
        time.sleep(0.05)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    if code is None:
        return 128 + signal.SIGKILL
    return code if code >= 0 else 128 - code


def become_subreaper():
    try:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (OSError, AttributeError):
        pass  # not Linux: only the program itself and its direct children are found


def descendants(root):
    """Pids of all living processes below a process."""
    children = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc") else []:
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                state, parent = file.read().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            children.setdefault(int(parent), []).append(int(name))
    found, queue = [], [root]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass


def is_open(descriptor):
    try:
        os.fstat(descriptor)
        return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
