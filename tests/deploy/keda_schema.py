"""Checks KEDA's objects, given as JSON, with models made from KEDA's schemas. The tools' Python runs it.

The models ignore fields that they do not know, so an object must come out as it went in.
"""

import json
import sys

from cloudcoil.models.keda import v1alpha1  # type: ignore[import-not-found]

for document in json.load(sys.stdin):
    model = getattr(v1alpha1, document["kind"])
    known = model.model_validate(document).model_dump(by_alias=True, exclude_none=True, mode="json")
    if known != document:
        sys.exit(f"{document['kind']} {document['metadata']['name']}: KEDA would drop a field of {document}")
