"""Scans manifests with checkov: prints, as JSON, the broken rules of each file, and how many it has passed.

The tools' Python runs it. One process for all files, because checkov takes seconds to start.
"""

import json
import sys

from checkov.kubernetes.runner import Runner  # type: ignore[import-not-found]
from checkov.runner_filter import RunnerFilter  # type: ignore[import-not-found]

found = {}
for file in sys.argv[1:]:
    rules = RunnerFilter(framework=["kubernetes"])
    report = Runner().run(root_folder=None, files=[file], runner_filter=rules)
    failed = {each.check_id: f"{each.check_name}: {each.resource}" for each in report.failed_checks}
    found[file] = {"failed": failed, "passed": len(report.passed_checks)}
json.dump(found, sys.stdout)
