"""What `make strip` removes and edits, language by language. A test checks that every entry fits a file.

Each edit is a file, a regular expression and its replacement, and is applied wherever it matches.
"""

import re
from dataclasses import dataclass

from scripts.languages import NODE, PYTHON


@dataclass(frozen=True)
class Edit:
    """One change of a file that is not removed."""

    file: str
    pattern: str
    replacement: str = ""

    def apply(self, text: str) -> str:
        """Returns the text with the change, unchanged where the pattern does not match."""
        return re.sub(self.pattern, self.replacement, text, flags=re.MULTILINE)


CI, CONTAINERS = ".github/workflows/ci.yml", ".github/workflows/containers.yml"
IMAGES = ".github/workflows/images.yml"
COMPOSE, MAKEFILE = "docker-compose.yml", "Makefile"
LAUNCH, EDITOR_SETTINGS = ".vscode/launch.json", ".vscode/settings.json"
EDITOR_TASKS, EXTENSIONS = ".vscode/tasks.json", ".vscode/extensions.json"
CALLS = "scripts/templates/calls.txt"
KUBERNETES = "deploy/kubernetes"
BASE = f"{KUBERNETES}/base/kustomization.yaml"
KEDA, KEDA_PROMETHEUS = (
    f"{KUBERNETES}/components/{name}/kustomization.yaml" for name in ("keda", "keda-prometheus")
)
LOCAL, PRODUCTION = (f"{KUBERNETES}/overlays/{name}/kustomization.yaml" for name in ("local", "production"))
RELEASE = f"{KUBERNETES}/components/release/kustomization.yaml"
OWN_QUEUE = f"{KUBERNETES}/queues/gpu-queue/kustomization.yaml"
CONFIG_MAPS = "configmaps/kustomization.yaml"
PY_CLIENT, JS_CLIENT = "python/py_workers/client_example.py", "node/js_workers/client_example.js"
TYPED_PY_CLIENT, TYPED_JS_CLIENT = "clients/python/client_example.py", "clients/node/client_example.js"
PY_CLIENT_TEST, JS_CLIENT_TEST = "python/tests/test_client.py", "node/tests/programs.test.js"

PATHS = {
    NODE: (
        "node",
        "clients/node",
        "configmaps/jsenvs",
        "deploy/kubernetes/base/js-worker",
        "deploy/kubernetes/components/keda/js-worker.yaml",
        "deploy/kubernetes/components/keda-prometheus/js-worker.yaml",
        "docs/celery-ts.md",
        "scripts/templates/task.js.txt",
        "scripts/templates/task.test.js.txt",
        "scripts/templates/task.ts.txt",
        "scripts/templates/task.test.ts.txt",
    ),
    PYTHON: (
        "python",
        "clients/python",
        "configmaps/pyenvs",
        "deploy/kubernetes/base/beat.yaml",
        "deploy/kubernetes/base/flower.yaml",
        "deploy/kubernetes/base/py-worker",
        "deploy/kubernetes/components/keda/py-worker.yaml",
        "deploy/kubernetes/components/keda-prometheus/py-worker.yaml",
        "scripts/templates/task.py.txt",
        "scripts/templates/test_task.py.txt",
    ),
}

# A step of a workflow, with its indented lines.
_STEP = r"^      - uses: {action}@.*\n(?:        .*\n)+"
# A service of docker-compose.yml, with the comment above it.
_SERVICE = r"(?:^  #.*\n)*^  {service}:\n(?:^    .*\n)+\n?"

_BOTH = (
    Edit(CONTAINERS, r"^      - run: make test-compose\n|^      - run: make test-deploy\n"),
    Edit(CONTAINERS, r', "tests/compose/\*\*", "tests/deploy/\*\*"'),
    Edit(LAUNCH, r',\n  "compounds": \[\n(?:    .*\n)+  \]'),
    Edit(MAKEFILE, r" of each language(?= once)|; py-test, js-test: those of one language"),
)

EDITS = {
    NODE: (
        *_BOTH,
        Edit(CONTAINERS, _STEP.format(action="actions/setup-node")),
        Edit(IMAGES, r"^          - \{ folder: node.*\n"),
        Edit(CI, _STEP.format(action="actions/setup-node")),
        Edit(CI, r", Node \$\{\{ matrix.node \}\}"),
        Edit(CI, r'^        node: .*\n|^          - \{ os: ubuntu.*\n|, node: "\d+"(?= \})'),
        Edit(CI, r"^            ~/\.npm\n|-\$\{\{ matrix\.node \}\}|, '\*\*/package-lock\.json'"),
        Edit(".devcontainer/devcontainer.json", r'^  "features": .*\n'),
        Edit(".devcontainer/devcontainer.json", r"^// Python, Node and make:", "// Python and make:"),
        Edit(".github/CODEOWNERS", r"^.*js_workers.*\n"),
        Edit(LAUNCH, r',\n    \{\n      "name": "Node[^"]*",\n(?:      .*\n)+    \}'),
        Edit(EDITOR_SETTINGS, r'^  "(?:nodejs-testing|biome)\..*\n|^  "\[(?:java|type)script\].*\n'),
        Edit(EDITOR_TASKS, r'^    \{ "label": "make js-test".*\n'),
        Edit(EXTENSIONS, r',\n    "biomejs\..*?"|,\n    "connor4312\..*?"'),
        Edit(CALLS, r"\nFrom JavaScript:\n(?:.|\n)*"),
        Edit(COMPOSE, _SERVICE.format(service="js_worker")),
        Edit(COMPOSE, r"^      js_worker: .*\n"),
        Edit(COMPOSE, r"JS_WORKERS", "PY_WORKERS"),
        Edit(CONFIG_MAPS, r"^  - name: jobs-js\n.*\n"),
        Edit(BASE, r"^  - js-worker\n"),
        Edit(LOCAL, r"^  - \{ name: \w*js_worker.*\n"),
        Edit(PRODUCTION, r"^  - \{ name: js-worker.*\n"),
        Edit(RELEASE, r"^  - \{ name: \w*js_worker.*\n"),
        Edit(KEDA, r"^  - js-worker\.yaml\n|^  # A Node worker(?:.|\n)*"),
        Edit(KEDA_PROMETHEUS, r"^  - js-worker\.yaml\n|^  # A Node worker(?:.|\n)*"),
        Edit(f"{KUBERNETES}/components/keda/py-worker.yaml", r" of both languages"),
        Edit(MAKEFILE, r"(?<=py-worker|py-client), js-\w+|(?<=py-test), js-test| JS_WORKERS=2"),
        Edit(MAKEFILE, r"(?<=shell-py), shell-js|(?<=py-add), js-add"),
        Edit(MAKEFILE, r"lang=node", "lang=python"),
        Edit(MAKEFILE, r", python/Makefile and node/Makefile", " and python/Makefile"),
        Edit("CONTRIBUTING.md", r" or `node/js_workers/tasks/<team>/`"),
        Edit("CONTRIBUTING.md", r"    \(cd node/celery-js .*\n"),
        Edit("python/pyproject.toml", r", next to Node workers for JavaScript tasks"),
        Edit(
            "python/py_workers/config.py",
            r" ``node/js_workers/config\.js`` does the same for the Node\nworkers\. (?=A )",
            "\n",
        ),
        Edit("python/py_workers/tasks/example/arithmetic.py", r", the same as in ``node/.*?``"),
        Edit("docs/settings.md", r"^\| `JOBS_JS_.*\n"),
        Edit(PY_CLIENT, r"^.*\bby_js\b.*\n|^.*by js worker.*\n"),
        Edit(
            PY_CLIENT,
            r" and one to the JavaScript workers, and prints their results\.",
            " and prints its result.",
        ),
        Edit(PY_CLIENT, r"Print both results\.", "Print its result."),
        Edit(PY_CLIENT, r"is a worker of each language running\?", "is a worker running?"),
        Edit(TYPED_PY_CLIENT, r"^.*\bby_js\b.*\n|^.*by js worker.*\n"),
        Edit(TYPED_PY_CLIENT, r" and one to the JavaScript workers(?=, with types)"),
        Edit(TYPED_PY_CLIENT, r"prints their results\.", "prints its result."),
        Edit(TYPED_PY_CLIENT, r"Print both results\.", "Print its result."),
        Edit(TYPED_PY_CLIENT, r"the same tasks by name", "the same task by name"),
        Edit("clients/python/README.md", r"\bjobs\.js\.", "jobs.py."),
        Edit("clients/python/README.md", r" of both languages(?=; do not edit)"),
        Edit("python/py_workers/schedule.py", r"js_workers(?=\.tasks)", "py_workers"),
        Edit("python/py_workers/schedule.py", r" of either language| in JavaScript"),
        Edit(PY_CLIENT_TEST, r'^JS_ADD = """(?:.|\n)*?^"""\n|^.*JS_ADD.*\n|^.*by js worker.*\n'),
        Edit(PY_CLIENT_TEST, r'(?<="py-queue), js-queue(?=")'),
        Edit(PY_CLIENT_TEST, r"is a worker of each language running\?", "is a worker running?"),
        Edit(
            "python/tests/test_settings_files.py",
            r"^def test_the_node_workers(?:.|\n)*?(?=^def )| \| _settings_of_files\(\"node\"\)",
        ),
    ),
    PYTHON: (
        *_BOTH,
        Edit(CI, r"(?<=        python: \[).*(?=\])", '"3.13"'),
        Edit(CI, r"(?<=        node: \[).*(?=\])", '"20", "22", "24"'),
        Edit(CI, r"^          - \{ os: ubuntu.*\n|^            ~/\.cache/pypoetry\n|'\*\*/poetry\.lock', "),
        Edit(".github/CODEOWNERS", r"^.*py_workers.*\n"),
        Edit(LAUNCH, r'^    \{\n      "name": "Python[^"]*",\n(?:      .*\n)+    \},\n'),
        Edit(EDITOR_SETTINGS, r'^  "python\..*\n|^  "\[python\]".*\n'),
        Edit(EDITOR_TASKS, r'^    \{ "label": "make py-test".*\n'),
        Edit(EXTENSIONS, r'^    "ms-python\..*\n|^    "charliermarsh\..*\n'),
        Edit(CALLS, r"From Python:\n(?:.|\n)*?(?=^From JavaScript:)"),
        Edit(
            IMAGES, r"^          - \{ folder: python.*\n|^          # Flower.*\n|^          build-args: .*\n"
        ),
        Edit(
            COMPOSE, "|".join(_SERVICE.format(service=service) for service in ("py_worker", "beat", "flower"))
        ),
        Edit(CONFIG_MAPS, r"^  - name: jobs-py\n.*\n"),
        Edit(BASE, r"^  - (?:py-worker|beat\.yaml|flower\.yaml)\n"),
        Edit(LOCAL, r"^  - \{ name: \w*py_\w+, .*\n|^  - name: flower\n.*\n"),
        Edit(PRODUCTION, r"^  - \{ name: py-worker.*\n"),
        Edit(RELEASE, r"^  - \{ name: \w*py_\w+, .*\n"),
        Edit(RELEASE, r"py_worker=", "js_worker="),
        Edit(PRODUCTION, r"two Secrets, jobs-server and flower", "the Secret jobs-server"),
        Edit(KEDA, r"^  - py-worker\.yaml\n|^  - target: .*py-worker \}\n(?:    .*\n)+"),
        Edit(KEDA_PROMETHEUS, r"^  - py-worker\.yaml\n|^  - target: .*py-worker \}\n(?:    .*\n)+"),
        Edit(OWN_QUEUE, r"py-worker", "js-worker"),
        Edit(OWN_QUEUE, r"JOBS_PY_QUEUES", "JOBS_JS_QUEUES"),
        Edit(OWN_QUEUE, r"Python", "Node"),
        Edit(f"{KUBERNETES}/components/keda/js-worker.yaml", r" of both languages"),
        Edit(MAKEFILE, r"py-(?:worker|client|test|add), |shell-py, | PY_WORKERS=2|(?<=PORT=6380) MONITOR=1"),
        Edit(MAKEFILE, r"pandas>=2,<3", "sharp@^0.34"),
        Edit(MAKEFILE, r", python/Makefile and node/Makefile", " and node/Makefile"),
        Edit("CONTRIBUTING.md", r"`python/py_workers/tasks/<team>/` or "),
        Edit("CONTRIBUTING.md", r"(    python/\.venv.*\n)+"),
        Edit(
            "node/js_workers/config.js",
            r" `python/py_workers/config\.py` does the same for the Python workers\.",
        ),
        Edit("node/js_workers/tasks/example/arithmetic.js", r", the same as in `python/.*?`"),
        Edit("configmaps/shared.env", r"(?<=^JOBS_DEFAULT_QUEUE=)py-queue", "js-queue"),
        Edit(
            "node/js_workers/config.js",
            r'(?<=JOBS_DEFAULT_QUEUE: env\.queue\.prefault\(")py-queue',
            "js-queue",
        ),
        Edit("docs/settings.md", r"^\| `JOBS_PY_.*\n"),
        Edit("docs/settings.md", r"(^\| `JOBS_DEFAULT_QUEUE` \|.*?\| `)py-queue", r"\1js-queue"),
        Edit(JS_CLIENT, r"^.*\bbyPython\b.*\n|^.*by python worker.*\n"),
        Edit(JS_CLIENT, r"(?<=^  )result = await byJs", "const result = await byJs"),
        Edit(
            JS_CLIENT,
            r"a task to the Python workers and one to the JavaScript workers, and prints their results",
            "a task to the JavaScript workers, and prints its result",
        ),
        Edit(JS_CLIENT, r"Prints both results", "Prints its result"),
        Edit(TYPED_JS_CLIENT, r"^.*\bbyPython\b.*\n"),
        Edit(TYPED_JS_CLIENT, r"Python workers and one to the (?=JavaScript workers, with types)"),
        Edit(TYPED_JS_CLIENT, r"prints their results", "prints its result"),
        Edit(TYPED_JS_CLIENT, r"the same tasks by name", "the same task by name"),
        Edit("clients/node/README.md", r"\bjobs\.py\.", "jobs.js."),
        Edit("clients/node/README.md", r" of both languages(?=; do not edit)"),
        Edit(JS_CLIENT_TEST, r"out:\n.*by python worker.*\n +", "out: "),
        Edit(JS_CLIENT_TEST, r"^.*\bpython(?:Worker)?\b.*\n"),
        Edit(JS_CLIENT_TEST, r"prints both results", "prints its result"),
        Edit("node/tests/processes.js", r"python/\.venv/lib", ".tools/python/lib"),
    ),
}
