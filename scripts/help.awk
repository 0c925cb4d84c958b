# Prints the targets that have a `##` text under their `##@` headings: `make help`. A `#:` line names targets of another file;
# `all` skips it. `colour` is for a terminal; `usage` is the last line.
BEGIN {
    if (colour) { bold = "\033[1m"; cyan = "\033[36m"; plain = "\033[0m" }
    width = all ? 16 : 20
}
/^##@ / { printf "%s%s%s%s\n", gap, bold, substr($0, 5), plain; gap = "\n" }
/^#: / && !all { sub(/^#: /, ""); print_target() }
/^[a-z][a-z0-9_-]*:.*## / { print_target() }
END { if (usage) printf "\n%s\n", usage }

function print_target(    name, text) {
    name = text = $0
    sub(/:.*/, "", name)
    sub(/^[^#]*## /, "", text)
    if (name !~ /^help/ && !seen[name]++) printf "  %s%-" width "s%s %s\n", cyan, name, plain, text
}
