"""Streams what a playbook does as one JSON object a line (NDJSON), without secrets."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: groundswell_events
    type: aggregate
    short_description: Stream events as NDJSON to a file descriptor
    description:
      - Writes one JSON object a line for each task, result, retry and item, and the stats at the end.
      - Module arguments (C(invocation)) are never written. Secret values are replaced by C(***).
    options:
      descriptor:
        description: Number of the inherited file descriptor that events are written to.
        type: int
        required: true
        env:
          - name: GROUNDSWELL_EVENTS_FD
      secrets:
        description: File with a JSON list of the values that must not appear.
        type: path
        env:
          - name: GROUNDSWELL_SECRETS_FILE
"""

MESSAGE_CHARACTERS = 4000
OUTPUT_CHARACTERS = 8000
SHORTEST_SECRET = 4


class CallbackModule(CallbackBase):
    """Uses the stable core API only: works from ansible-core 2.14."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "groundswell_events"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._descriptor = None
        self._secrets = []

    def set_options(self, task_keys=None, var_options=None, direct=None):
        super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)
        self._descriptor = self.get_option("descriptor")
        path = self.get_option("secrets")
        if path:
            with open(path, encoding="utf-8") as file:
                values = [value for value in json.load(file) if len(value) >= SHORTEST_SECRET]
            self._secrets = sorted(values, key=len, reverse=True)

    def v2_playbook_on_play_start(self, play):
        self._emit("play", name=play.get_name())

    def v2_playbook_on_no_hosts_matched(self):
        self._emit("no_hosts")

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._emit("task", **self._of_task(task))

    def v2_playbook_on_handler_task_start(self, task):
        self._emit("task", **self._of_task(task))

    def v2_runner_on_ok(self, result):
        self._emit_result("ok", result, changed=bool(result._result.get("changed", False)))

    def v2_runner_on_skipped(self, result):
        self._emit_result("skipped", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._emit_result("failed", result, ignored=bool(ignore_errors), **self._failure(result._result))

    def v2_runner_on_unreachable(self, result):
        self._emit_result("unreachable", result, **self._failure(result._result))

    def v2_runner_retry(self, result):
        fields = result._result
        self._emit_result("retry", result, attempt=fields.get("attempts"), retries=fields.get("retries"))

    def v2_runner_item_on_ok(self, result):
        self._emit_result("item_ok", result, changed=bool(result._result.get("changed", False)))

    def v2_runner_item_on_failed(self, result):
        self._emit_result("item_failed", result, **self._failure(result._result))

    def v2_playbook_on_stats(self, stats):
        self._emit("stats", hosts={host: stats.summarize(host) for host in sorted(stats.processed)})

    def _of_task(self, task):
        return {"task": task.get_name(), "action": task.action}

    def _emit_result(self, event, result, **fields):
        self._emit(event, host=result._host.get_name(), **self._of_task(result._task), **fields)

    def _failure(self, fields):
        failure = {"message": str(fields.get("censored") or fields.get("msg") or "")[:MESSAGE_CHARACTERS]}
        if fields.get("censored"):
            return failure
        if isinstance(fields.get("rc"), int):
            failure["exitCode"] = fields["rc"]
        for name in ("stdout", "stderr", "module_stdout", "module_stderr"):
            text = fields.get(name)
            if isinstance(text, str) and text.strip():
                key = name.removeprefix("module_")
                failure[key] = text.strip()[-OUTPUT_CHARACTERS:]
        return failure

    def _emit(self, event, **fields):
        line = json.dumps({"event": event, **self._masked(fields)}, ensure_ascii=False, default=str) + "\n"
        data = line.encode("utf-8", errors="replace")
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except (BrokenPipeError, OSError):
                return  # nobody listens any more: whoever started us ends us

    def _masked(self, value):
        if isinstance(value, dict):
            return {key: self._masked(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._masked(item) for item in value]
        if isinstance(value, str):
            for secret in self._secrets:
                value = value.replace(secret, "***")
        return value
