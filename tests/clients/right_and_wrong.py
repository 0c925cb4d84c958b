"""Calls that type checkers must accept and calls that they must refuse, in each language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A rule, and a line of it in each language; empty where the language has no such thing."""

    rule: str
    python: str
    node: str


RIGHT = (
    Line("by position", "flow.total.delay([1, 2], 3)", "flow.total.delay([1, 2], 3)"),
    Line(
        "by name",
        "flow.total.delay(more=3, values=[1])",
        "flow.total.named({ more: 3, values: [1] }).delay()",
    ),
    Line("a default is left out", "flow.total.delay((1, 2))", "flow.total.delay([1, 2] as const)"),
    Line(
        "keywords", "shapes.keyword_only.delay(1, b=2)", "shapes.keyword_only.named({ a: 1, b: 2 }).delay()"
    ),
    Line(
        "a default that only the worker knows",
        "shapes.hidden_default.delay()",
        "shapes.hidden_default.delay()",
    ),
    Line(
        "an item of a tuple that may be missing",
        "values.tuple_with_optional.delay(('a',))",
        "values.tuple_with_optional.delay(['a'])",
    ),
    Line("rest", "shapes.rest.delay(1, 2, 3)", "shapes.rest.delay(1, 2, 3)"),
    Line("others", "shapes.others.delay(1, z=2)", "shapes.others.named({ a: 1, z: 2 }).delay()"),
    Line(
        "a record",
        "values.record.delay(Cat(kind='cat', lives=9))",
        "values.record.delay({ kind: 'cat', lives: 9 })",
    ),
    Line(
        "a member of a union",
        "values.record_of_two.delay(Dog(kind='dog', name='Rex', class_='big'))",
        "values.record_of_two.delay({ kind: 'dog', name: 'Rex', class: 'big' })",
    ),
    Line("null", "values.nullable.delay(None)", "values.nullable.delay(null)"),
    Line("an enum", "values.enum.delay('dark blue')", "values.enum.delay('dark blue')"),
    Line("a tuple", "values.tuple_.delay(('a', 1.5))", "values.tuple.delay(['a', 1.5])"),
    Line(
        "options",
        "flow.double.apply_async((1,), countdown=3)",
        "flow.double.applyAsync([1], { countdown: 3 })",
    ),
    Line(
        "options, and a default that is left out or given",
        "flow.total.apply_async(([1],), priority=3)\nflow.total.apply_async(args=((1, 2), 3), priority=3)",
        "flow.total.applyAsync([[1]], { priority: 3 });\nflow.total.applyAsync([[1], 3], { priority: 3 });",
    ),
    Line(
        "options without arguments",
        "shapes.none.apply_async(expires=3)\nshapes.hidden_default.apply_async(expires=3)",
        "shapes.none.applyAsync([], { expires: 3 });\nshapes.hidden_default.applyAsync([], { expires: 3 });",
    ),
    Line(
        "options and a rest",
        "shapes.rest.apply_async((1, 2, 3), expires=3)",
        "shapes.rest.applyAsync([1, 2, 3], { expires: 3 });",
    ),
    Line(
        "options and parameters of other kinds",
        "shapes.others.apply_async((1,), expires=3)\npy.shapes.positional_only.apply_async((1, 2))",
        "shapes.others.applyAsync([1], { expires: 3 });\npy.shapes.positional_only.applyAsync([1, 2]);",
    ),
    Line(
        "options and arguments by name",
        "shapes.keyword_only.s(1, b=2).apply_async(countdown=3)",
        "shapes.keyword_only.named({ a: 1, b: 2 }).applyAsync({ countdown: 3 });",
    ),
    Line(
        "options and values of all kinds",
        "values.enum.apply_async(('dark blue',))\n"
        "values.record.apply_async((Cat(kind='cat', lives=9),))\n"
        "values.nullable.apply_async((None,))\n"
        "values.tuple_.apply_async((('a', 1.5),))\n"
        "values.any.apply_async(({'a': [1, None]},))\n"
        "values.dict_.apply_async(({'a': 1.5},))",
        "values.enum.applyAsync(['dark blue']);\n"
        "values.record.applyAsync([{ kind: 'cat', lives: 9 }]);\n"
        "values.nullable.applyAsync([null]);\n"
        "values.tuple.applyAsync([['a', 1.5]]);\n"
        "values.any.applyAsync([{ a: [1, null] }]);\n"
        "values.dict.applyAsync([{ a: 1.5 }]);",
    ),
    Line(
        "the job of a task with options",
        "sent: Job[int, object] = flow.double.apply_async((1,), countdown=3)",
        "const sent: Job<number> = await flow.double.applyAsync([1], { countdown: 3 });",
    ),
    Line(
        "the result",
        "whole: int = job.get(timeout=3)",
        "const whole: number = await job.get({ timeout: 3 });",
    ),
    Line(
        "a record's member",
        "lives: int = values.record.job('id').get().value.lives",
        "const lives: number = (await values.record.job('id').get()).value.lives;",
    ),
    Line(
        "the progress",
        "job.get(on_progress=lambda progress: print(progress.done + 1))",
        "await job.get({ onProgress: (progress) => progress.done + 1 });",
    ),
    Line("a job's type", "typed: Job[int, object] = job", "const typed: Job<number> = job;"),
    Line(
        "a chain over both languages",
        "sums: Job[int, object] = (flow.double.s(1) | py.flow.double.s()).delay()",
        "const sums: Job<number> = await chain(flow.double.s(1), py.flow.double.s()).delay();",
    ),
    Line(
        "a step with further arguments",
        "chain(values.list_of_lists.si([['a']]), flow.total.si([1]), shapes.two.s(2))",
        "chain(values.list_of_lists.si([['a']]), flow.total.si([1]), shapes.two.s(2));",
    ),
    Line(
        "a group and a chord",
        "both: list[int] = group(flow.double.s(1), py.flow.double.s(2)).delay().get()\n"
        "total: int = chord(group([flow.double.s(1)]), flow.total.s(5)).delay().get()",
        "const both: number[] = await (await group([flow.double.s(1), py.flow.double.s(2)]).delay()).get();\n"
        "const total: number = await (await chord([flow.double.s(1)], flow.total.s(5)).delay()).get();",
    ),
)
WRONG = (
    Line("an argument is missing", "flow.double.delay()", "flow.double.delay();"),
    Line("an argument too many", "flow.double.delay(1, 2)", "flow.double.delay(1, 2);"),
    Line("an argument of another type", "flow.double.delay('1')", "flow.double.delay('1');"),
    Line("a list with another type", "flow.total.delay(['1'])", "flow.total.delay(['1']);"),
    Line("an unknown name", "flow.double.delay(y=1)", "flow.double.named({ y: 1 });"),
    Line("a name of another type", "flow.double.delay(x='1')", "flow.double.named({ x: '1' });"),
    Line("a missing name", "shapes.keyword_only.delay(1)", "shapes.keyword_only.named({ a: 1 });"),
    Line("a keyword by position", "shapes.keyword_only.delay(1, 2)", "shapes.keyword_only.delay(1, 2);"),
    Line("a rest of another type", "shapes.rest.delay(1, '2')", "shapes.rest.delay(1, '2');"),
    Line("an unknown task", "jobs.js.flow.triple", "jobs.js.flow.triple;"),
    Line("an unknown folder", "jobs.js.flows", "jobs.js.flows;"),
    Line("null where it is not allowed", "flow.double.delay(None)", "flow.double.delay(null);"),
    Line("another value of an enum", "values.enum.delay('blue')", "values.enum.delay('blue');"),
    Line("another constant", "values.const.delay('other')", "values.const.delay('other');"),
    Line("a tuple that is too short", "values.tuple_.delay(('a',))", "values.tuple.delay(['a']);"),
    Line(
        "a record without a member",
        "values.record.delay(Cat(kind='cat'))",
        "values.record.delay({ kind: 'cat' });",
    ),
    Line(
        "a record with an unknown member",
        "values.record.delay(Cat(kind='cat', lives=1, name='x'))",
        "values.record.delay({ kind: 'cat', lives: 1, name: 'x' });",
    ),
    Line("a Decimal as a number", "values.decimal_.delay(1.1)", "values.decimal.delay(1.1);"),
    Line(
        "a datetime as text", "values.datetime_.delay('2026-01-02')", "values.datetime.delay('2026-01-02');"
    ),
    Line(
        "options, and an argument is missing",
        "flow.double.apply_async(countdown=3)",
        "flow.double.applyAsync([], { countdown: 3 });",
    ),
    Line(
        "options, and an argument too many",
        "flow.double.apply_async((1, 2), countdown=3)",
        "flow.double.applyAsync([1, 2], { countdown: 3 });",
    ),
    Line(
        "options, and an argument of another type",
        "flow.double.apply_async(('1',), countdown=3)",
        "flow.double.applyAsync(['1'], { countdown: 3 });",
    ),
    Line(
        "options, and a list with another type",
        "flow.total.apply_async((['1'],))",
        "flow.total.applyAsync([['1']]);",
    ),
    Line(
        "options, and an optional argument of another type",
        "flow.total.apply_async(([1], '3'))",
        "flow.total.applyAsync([[1], '3']);",
    ),
    Line(
        "options, and a rest of another type",
        "shapes.rest.apply_async((1, '2'))",
        "shapes.rest.applyAsync([1, '2']);",
    ),
    Line(
        "options, and a missing keyword",
        "shapes.keyword_only.apply_async((1,))",
        "shapes.keyword_only.applyAsync([1]);",
    ),
    Line(
        "options, and a keyword by position",
        "shapes.keyword_only.apply_async((1, 2))",
        "shapes.keyword_only.applyAsync([1, 2]);",
    ),
    Line(
        "options, and another value of an enum",
        "values.enum.apply_async(('blue',))",
        "values.enum.applyAsync(['blue']);",
    ),
    Line(
        "options, and null where it is not allowed",
        "flow.double.apply_async((None,))",
        "flow.double.applyAsync([null]);",
    ),
    Line(
        "options, and an argument that is not in a list",
        "flow.double.apply_async(1)",
        "flow.double.applyAsync(1);",
    ),
    Line(
        "arguments by name among the options",
        "flow.total.apply_async(([1],), kwargs={'more': 3})",
        "flow.total.applyAsync([[1]], { kwargs: { more: 3 } });",
    ),
    Line(
        "the result of a task with options as another type",
        "also: str = flow.double.apply_async((1,)).get()",
        "const also: string = await (await flow.double.applyAsync([1])).get();",
    ),
    Line(
        "an unknown option",
        "flow.double.apply_async((1,), delay=3)",
        "flow.double.applyAsync([1], { delay: 3 });",
    ),
    Line(
        "an unknown option of a signature",
        "flow.double.s(1).apply_async(delay=3)",
        "flow.double.s(1).applyAsync({ delay: 3 });",
    ),
    Line("an option of another type", "flow.double.s(1).set(queue=3)", "flow.double.s(1).set({ queue: 3 });"),
    Line("the result as another type", "text: str = job.get()", "const text: string = await job.get();"),
    Line(
        "an unknown member of a result",
        "values.record.job('id').get().value.name",
        "(await values.record.job('id').get()).value.name;",
    ),
    Line(
        "an unknown member of the progress",
        "job.get(on_progress=lambda progress: print(progress.of))",
        "await job.get({ onProgress: (progress) => progress.of });",
    ),
    Line(
        "a step that does not take the last result",
        "flow.double.s(1) | flow.total.s(2)",
        "chain(flow.double.s(1), flow.total.s(2));",
    ),
    Line(
        "a step of the other language that does not take it",
        "flow.double.s(1) | py.values.record.s()",
        "chain(flow.double.s(1), py.values.record.s());",
    ),
    Line(
        "the second step that does not take it",
        "flow.double.s(1) | flow.double.s() | flow.total.s()",
        "chain(flow.double.s(1), flow.double.s(), flow.total.s());",
    ),
    Line(
        "a complete call as a step",
        "flow.double.s(1) | flow.double.s(2)",
        "chain(flow.double.s(1), flow.double.s(2));",
    ),
    Line(
        "a task without parameters as a step",
        "flow.double.s(1) | shapes.none.s()",
        "chain(flow.double.s(1), shapes.none.s());",
    ),
    Line("a step that is sent alone", "flow.double.s().delay()", "flow.double.s().delay();"),
    Line("an incomplete si()", "flow.double.si()", "flow.double.si();"),
    Line(
        "a chord's body that takes no list",
        "chord([flow.double.s(1)], flow.double.s())",
        "chord([flow.double.s(1)], flow.double.s());",
    ),
    Line("a deprecated task", "flow.fail.delay('x')", ""),
)
