"""Regular expressions as text."""


def top_level_alternatives(pattern: str) -> list[str]:
    """The alternatives of a pattern that are not inside of parentheses."""
    found, depth, start, escaped, in_set = [], 0, 0, False, False
    for position, letter in enumerate(pattern):
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif in_set:
            in_set = letter != "]"
        elif letter == "[":
            in_set = True
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "|" and depth == 0:
            found.append(pattern[start:position])
            start = position + 1
    return [*found, pattern[start:]]
